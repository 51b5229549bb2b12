import type { Size } from "./pointer-mapping.ts";

const least = 200;
const most = 4096;

/** The size at which the remote page is laid out for an element of this size. Null: too small to be meant. */
export function pageSize(element: Size): Size | null {
  if (element.width < 50 || element.height < 50) return null;
  return { width: bound(element.width), height: bound(element.height) };
}

function bound(value: number): number {
  return Math.min(Math.max(Math.round(value), least), most);
}
