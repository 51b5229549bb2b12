const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ENOENT",
]);

/** True when the database could not be asked, as opposed to having refused what it was asked. */
export function isDatabaseOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseOutage);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if ("syscall" in error && networkCodes.has(code)) return true;
  // Classes 08 (connection), 53 (resources), 57P (shutdown); the driver's own have no code.
  return (
    /^(08|53|57P)/.test(code) ||
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|PGlite is closed)/.test(
      error.message,
    )
  );
}
