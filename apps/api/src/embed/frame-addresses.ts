/** Where the frame page lives, who may call on its behalf, and where its stream is. */
export interface FrameAddresses {
  /** Exact origins from which the frame page may call. */
  frameOrigins: readonly string[];
  /** Origins of the stream, ws: or wss:, for the page's CSP. */
  streamOrigins: readonly string[];
  /** `streamUrl` of a session. */
  streamUrl(sessionId: string): string;
}

export interface FrameAddressOptions {
  /** Base URL of the API as the outside sees it. */
  publicUrl: string;
  frameOrigin?: string | undefined;
  streamOrigin?: string | undefined;
}

/** Throws TypeError when one of them is no URL; configuration has checked them by then. */
export function frameAddresses({ publicUrl, frameOrigin, streamOrigin }: FrameAddressOptions): FrameAddresses {
  const frameOrigins =
    frameOrigin === undefined ? bothLoopbackNames(new URL(publicUrl)) : [new URL(frameOrigin).origin];
  const stream = webSocketUrl(streamOrigin ?? publicUrl);
  const streamOrigins =
    streamOrigin === undefined
      ? bothLoopbackNames(new URL(publicUrl)).map((origin) => originOf(webSocketUrl(origin)))
      : [originOf(stream)];
  return {
    frameOrigins,
    streamOrigins,
    streamUrl: (sessionId) => `${stream.href.replace(/\/$/, "")}/session/${sessionId}`,
  };
}

/**
 * localhost and 127.0.0.1 are one listener but two sites to a browser: a partner's page on one of
 * them embeds the frame from the other to have a true third-party frame. Both are the frame's own.
 */
function bothLoopbackNames(url: URL): string[] {
  if (url.hostname !== "localhost" && url.hostname !== "127.0.0.1") return [url.origin];
  const port = url.port === "" ? "" : `:${url.port}`;
  return [`${url.protocol}//localhost${port}`, `${url.protocol}//127.0.0.1${port}`];
}

function webSocketUrl(text: string): URL {
  return new URL(text.replace(/^http/i, "ws"));
}

/** URL.origin is "null" for ws: in the standard's older reading; this is the same in all. */
function originOf(url: URL): string {
  return `${url.protocol}//${url.host}`;
}
