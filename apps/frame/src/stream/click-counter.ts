interface Press {
  at: number;
  x: number;
  y: number;
  button: number;
}

/** Counts presses that belong together (1, 2, 3, then 1 again): pointer events do not tell. */
export function createClickCounter(): (press: Press) => number {
  let last: Press | null = null;
  let count = 0;
  return (press) => {
    const again =
      last !== null &&
      press.button === last.button &&
      press.at - last.at < 500 &&
      Math.hypot(press.x - last.x, press.y - last.y) < 6;
    count = again && count < 3 ? count + 1 : 1;
    last = press;
    return count;
  };
}
