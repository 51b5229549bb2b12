import { isIP } from "node:net";
import { z } from "zod";

/** Name -> the address and port where it is reached. */
export type DevHosts = ReadonlyMap<string, { address: string; port: number }>;

/** `name=ip:port,…`: names of development hosts that may live at a private address. Never a range. */
export const devHostsSchema = z.string().transform((text, context): DevHosts => {
  const hosts = new Map<string, { address: string; port: number }>();
  for (const entry of text.split(",").map((part) => part.trim())) {
    if (entry === "") continue;
    const match = /^([a-z0-9.-]+)=(\[[0-9a-f:.]+\]|[0-9.]+):(\d{1,5})$/i.exec(entry);
    const address = match?.[2]?.replace(/^\[|\]$/g, "") ?? "";
    const port = Number(match?.[3]);
    if (!match?.[1] || isIP(address) === 0 || port < 1 || port > 65_535) {
      context.addIssue({
        code: "custom",
        message: `"${entry}" is not of the form name=ip:port, for example bank.demo.test=127.0.0.1:4100`,
      });
      return z.NEVER;
    }
    hosts.set(match[1].toLowerCase(), { address, port });
  }
  return hosts;
});
