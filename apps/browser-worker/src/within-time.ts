/** For work that may never end, such as what a hung browser is asked. Rejects with the error when it takes longer; the work's own end is then nobody's concern. */
export async function withinTime<T>(ms: number, work: Promise<T>, tooLong: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(tooLong()), ms);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
