import { Transform, type TransformCallback } from "node:stream";
import type { Recording } from "../recording/recording.ts";

/** A browser that waits for its server sends a request or two: more is no browser's. */
const mostHeldBytes = 1024 * 1024;

/** What goes from the browser to the server: the ClientHello at once, the rest after the recording's release. */
export function holdBack(recording: Recording): Transform {
  let held: Buffer = Buffer.alloc(0);
  const pass = (stream: Transform, count: number) => {
    const bytes = held.subarray(0, count);
    if (bytes.length === 0) return;
    held = held.subarray(count);
    recording.sent(bytes);
    stream.push(bytes);
  };
  const stream: Transform = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      pass(this, recording.watchClient(chunk, held.length));
      done(held.length > mostHeldBytes ? new Error("too much was sent before the commitment") : null);
    },
    flush(done) {
      recording.whenReleased(() => {
        pass(this, held.length);
        done();
      });
    },
  });
  recording.whenReleased(() => {
    if (!stream.destroyed && !stream.writableFinished) pass(stream, held.length);
  });
  return stream;
}
