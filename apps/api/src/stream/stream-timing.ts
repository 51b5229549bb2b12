/** Milliseconds. */
export interface StreamTiming {
  /** From the upgrade request to the worker's socket: database and worker together. */
  admit: number;
  connect: number;
  /** The worker answers the handshake. */
  answer: number;
  /** The worker pings every 10 s, so that silence means that somebody is gone. */
  idle: number;
  linger: number;
  /** The worker closes the stream of a session that it gave up, saying why; a worker that does not is cut off. */
  cutOff: number;
  /** Life of the pass that the worker checks. */
  pass: number;
  /** From the opening of a stream to a second look at whose session it is. */
  recheck: number;
  /** From one later look to the next. */
  recheckAgain: number;
}

export const defaultStreamTiming: StreamTiming = {
  admit: 10_000,
  connect: 3_000,
  answer: 10_000,
  idle: 45_000,
  linger: 2_000,
  cutOff: 5_000,
  pass: 30_000,
  recheck: 5_000,
  recheckAgain: 30_000,
};
