import { useState } from "preact/hooks";

/** The platform's icon, or its initials where there is none, it does not load, or the CSP would refuse it. */
export function PlatformMark({ name, icon }: { name: string; icon: string | null }) {
  const [broken, setBroken] = useState(false);
  const source = icon !== null && !broken ? allowed(icon) : null;
  if (source)
    return <img class="platform-mark" src={source} alt="" width="32" height="32" onError={() => setBroken(true)} />;
  return (
    <span class="platform-mark platform-initials" aria-hidden="true">
      {initials(name)}
    </span>
  );
}

function allowed(icon: string): string | null {
  try {
    const url = new URL(icon, location.href);
    return url.protocol === "data:" || url.origin === location.origin ? url.href : null;
  } catch {
    return null;
  }
}

function initials(name: string): string {
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
}
