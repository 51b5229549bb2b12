export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Where the picture lies inside its element: as large as fits, centred across, at the top (CSS: object-fit contain, object-position 50% 0). */
export function pictureBox(element: Size, picture: Size): { x: number; y: number; scale: number } {
  if (element.width <= 0 || element.height <= 0 || picture.width <= 0 || picture.height <= 0)
    return { x: 0, y: 0, scale: 1 };
  const scale = Math.min(element.width / picture.width, element.height / picture.height);
  return { x: (element.width - picture.width * scale) / 2, y: 0, scale };
}

/** A point of the element (CSS pixels from its corner) in pixels of the picture, kept within the picture. Device pixel ratio plays no part. */
export function toPicture(point: Point, element: Size, picture: Size): Point {
  const box = pictureBox(element, picture);
  return {
    x: clamp((point.x - box.x) / box.scale, picture.width),
    y: clamp((point.y - box.y) / box.scale, picture.height),
  };
}

/** The other way round: for placing things of ours over the picture. */
export function toElement(point: Point, element: Size, picture: Size): Point {
  const box = pictureBox(element, picture);
  return { x: box.x + point.x * box.scale, y: box.y + point.y * box.scale };
}

function clamp(value: number, size: number): number {
  const inside = Math.min(Math.max(value, 0), Math.max(0, size - 1));
  return Math.round(inside * 100) / 100;
}
