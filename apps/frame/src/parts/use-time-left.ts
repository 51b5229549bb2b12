import { useEffect, useState } from "preact/hooks";

/** Whole seconds until `deadline` once no more than `fromMs` are left, null before. Ticks only while it is near. */
export function useTimeLeft(deadline: string | null, fromMs: number, now: () => number): number | null {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    if (deadline === null) {
      setLeft(null);
      return;
    }
    const at = Date.parse(deadline);
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      const ms = at - now();
      setLeft(ms <= fromMs ? Math.max(0, Math.ceil(ms / 1000)) : null);
      // setTimeout counts to 24.8 days; an hour at a time also survives a sleeping tab.
      if (ms > 0) timer = setTimeout(tick, ms <= fromMs ? ms % 1000 || 1000 : Math.min(ms - fromMs, 3_600_000));
    };
    tick();
    return () => clearTimeout(timer);
  }, [deadline, fromMs, now]);
  return left;
}
