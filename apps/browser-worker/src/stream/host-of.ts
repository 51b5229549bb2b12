/** Host of a web address; empty for anything else that a browser shows. */
export function hostOf(url: string): string {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: "", hostname: "" };
  return protocol === "https:" || protocol === "http:" ? hostname.slice(0, 255) : "";
}
