import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { z } from "zod";

export type RefusedCidr = ReturnType<typeof ipaddr.parseCIDR>;

/** `10.1.0.0/16,2001:db8:1::/48,…`; a single address stands for itself. */
export const refusedCidrsSchema = z.string().transform((text, context): RefusedCidr[] => {
  const found: RefusedCidr[] = [];
  for (const entry of text.split(",").map((part) => part.trim())) {
    if (entry === "") continue;
    const cidr = parseCidr(entry);
    if (cidr === null) {
      context.addIssue({
        code: "custom",
        message: `"${entry}" is not a network; write for example 203.0.113.0/24 or 2001:db8::/32`,
      });
      return z.NEVER;
    }
    found.push(cidr);
  }
  return found;
});

function parseCidr(entry: string): RefusedCidr | null {
  const [address = "", bits, ...more] = entry.split("/");
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  if (version === 0 || more.length > 0 || address.includes("%")) return null;
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)) return null;
  const parsed = ipaddr.parse(address);
  // Answers are unwrapped before they are compared: such a network would match nothing.
  if (parsed.kind() === "ipv6" && parsed.range() === "ipv4Mapped") return null;
  return [parsed, bits === undefined ? most : Number(bits)];
}
