import { once } from "node:events";
import { request, type Agent, type IncomingMessage } from "node:http";
import { createViewerEnd, type ViewerEnd } from "@attestream/sealed-channel/viewer";
import {
  frameOpeningSchema,
  streamTicketSchema,
  workerKeysSchema,
  type StreamTicket,
} from "@attestream/shared/frame-api";
import { z } from "zod";

/** What the frame page asks of the API for one session, said by a program that need not follow any rule. */
export interface FrameCaller {
  sessionId: string;
  origin: string;
  token: string;
}

export interface FrameAnswer {
  status: number;
  code: string | undefined;
  data: unknown;
  cookies: string[];
}

export function frameCaller(embedUrl: string): FrameCaller {
  const { origin, pathname, searchParams } = new URL(embedUrl);
  return { sessionId: pathname.split("/").at(-1) ?? "", origin, token: searchParams.get("token") ?? "" };
}

const answerSchema = z.object({ data: z.unknown().optional(), error: z.object({ code: z.string() }).optional() });

/** Not by `fetch`, which sends no Origin of one's choice over connections of one's own. `origin: null` sends none. */
export async function ask(
  { origin, sessionId }: Pick<FrameCaller, "origin" | "sessionId">,
  path: string,
  body: object,
  options: { agent?: Agent; origin?: string | null; secret?: string } = {},
): Promise<FrameAnswer> {
  const claimed = options.origin === undefined ? origin : options.origin;
  const outgoing = request(`${origin}/verify/${sessionId}/${path}`, {
    method: "POST",
    ...(options.agent ? { agent: options.agent } : {}),
    headers: {
      "content-type": "application/json",
      ...(claimed === null ? {} : { origin: claimed }),
      ...(options.secret === undefined ? {} : { authorization: `Bearer ${options.secret}` }),
    },
  });
  outgoing.end(JSON.stringify(body));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { data, error } = answerSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
  return {
    status: response.statusCode ?? 0,
    code: error?.code,
    data,
    cookies: response.headers["set-cookie"] ?? [],
  };
}

/** Redeems the link. Throws where that is refused. */
export async function enter(caller: FrameCaller): Promise<string> {
  const { status, code, data } = await ask(caller, "exchange", { token: caller.token });
  if (status !== 200) throw new Error(`the exchange answered ${status} ${code ?? ""}`);
  return frameOpeningSchema.parse(data).resumeSecret;
}

/** Resolves once the session has a browser whose stream can be asked for. */
export async function streamTicket(caller: FrameCaller, secret: string, signal: AbortSignal): Promise<StreamTicket> {
  for (;;) {
    const { status, data } = await ask(caller, "stream-ticket", {}, { secret });
    if (status === 200) return streamTicketSchema.parse(data);
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function viewerEnd({ origin, sessionId }: FrameCaller, { sealKey }: StreamTicket): Promise<ViewerEnd> {
  const keys: unknown = await (await fetch(`${origin}/.well-known/worker-keys.json`)).json();
  return await createViewerEnd({ statement: sealKey, workerKeys: workerKeysSchema.parse(keys), sessionId });
}
