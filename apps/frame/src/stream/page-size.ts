import type { Size } from "./pointer-mapping.ts";

const least = 200;
const most = 4096;

export interface PageSize extends Size {
  /** Device pixels per CSS pixel of this screen, with the zoom of this browser: how fine a picture may be of use. */
  ratio: number;
}

/** The size at which the remote page is laid out for an element of this size. Null: too small to be meant. */
export function pageSize(element: Size, devicePixelRatio: number): PageSize | null {
  if (element.width < 50 || element.height < 50) return null;
  return { width: bound(element.width), height: bound(element.height), ratio: clamp(devicePixelRatio, 0.1, 16) };
}

function bound(value: number): number {
  return clamp(Math.round(value), least, most);
}

function clamp(value: number, from: number, to: number): number {
  return Math.min(Math.max(value, from), to);
}
