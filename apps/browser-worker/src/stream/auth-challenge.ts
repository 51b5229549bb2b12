/** Realm of a `WWW-Authenticate` header that a user name and a password can answer; null for any other. */
export function readAuthChallenge(header: string): { realm: string } | null {
  const found = /(?:^|[,\n])\s*(?:basic|digest)(?=\s|,|$)([^\n]*)/i.exec(header);
  if (found === null) return null;
  const realm = /\brealm="((?:[^"\\]|\\.)*)"/i.exec(found[1] ?? "")?.[1] ?? "";
  return { realm: realm.replaceAll(/\\(.)/g, "$1").slice(0, 200) };
}
