/**
 * What this thread has computed so far. The evidence rows are ratios of computing time: what else the machine does, and when
 * the network delivers, is in neither part. Kernels count it in steps of some milliseconds: for long spans only.
 */
export function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
