import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { rootCertificates } from "node:tls";
import type { Resolve } from "@attestream/address-guard";
import { z } from "zod";
import type { UpstreamProxy } from "./upstream-proxy.ts";

const answerWithinMs = 8_000;
const longestAnswer = 16_384;
const answerSchema = z.object({
  addresses: z
    .array(z.string().refine((address) => isIP(address) !== 0))
    .min(1)
    .max(100),
});

/** Names are asked of the egress gateway. Its answers are held to the same rules as a name server's. */
export function askGateway(gateway: UpstreamProxy): Resolve {
  const send = gateway.secure ? requestHttps : requestHttp;
  return (name) =>
    new Promise((resolve, reject) => {
      const fail = () => reject(new Error("the egress gateway did not resolve the name"));
      const asked = send(
        {
          host: gateway.host,
          port: gateway.port,
          path: `/resolve?name=${encodeURIComponent(name)}`,
          headers: gateway.authorization === undefined ? {} : { authorization: gateway.authorization },
          timeout: answerWithinMs,
          agent: false,
          ...(gateway.secure && gateway.ca !== undefined ? { ca: [...rootCertificates, gateway.ca] } : {}),
        },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
            if (text.length > longestAnswer) answer.destroy(new Error("too long"));
          });
          answer.on("error", fail);
          answer.on("end", () => {
            const parsed = answer.statusCode === 200 ? answerSchema.safeParse(parseJson(text)) : undefined;
            if (parsed?.success) resolve(parsed.data.addresses);
            else fail();
          });
        },
      );
      asked.on("timeout", () => asked.destroy());
      asked.on("error", fail);
      asked.end();
    });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
