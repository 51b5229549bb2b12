/** How the pixels of the last packet lie on the page: from the screencast's metadata. */
export interface ViewGeometry {
  packetWidth: number;
  packetHeight: number;
  /** Device-independent pixels of the captured area. */
  deviceWidth: number;
  deviceHeight: number;
  /** Pinch zoom or mobile layout: device-independent pixels per CSS pixel. */
  pageScaleFactor: number;
  /** Device-independent pixels above the page, such as a browser's bar. */
  offsetTop: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Of a frame with this metadata, sent in a picture of this size. */
export function geometryOf(
  metadata: Pick<ViewGeometry, "deviceWidth" | "deviceHeight" | "pageScaleFactor" | "offsetTop">,
  { width, height }: { width: number; height: number },
): ViewGeometry {
  const { deviceWidth, deviceHeight, pageScaleFactor, offsetTop } = metadata;
  return { packetWidth: width, packetHeight: height, deviceWidth, deviceHeight, pageScaleFactor, offsetTop };
}

export function isSameGeometry(one: ViewGeometry, other: ViewGeometry): boolean {
  return (Object.keys(one) as (keyof ViewGeometry)[]).every((name) => one[name] === other[name]);
}

/** Packet pixels to the CSS pixels that CDP's Input domain takes, kept inside the page. */
export function toPagePoint(geometry: ViewGeometry, point: Point): Point {
  const scaleX = geometry.deviceWidth / geometry.packetWidth;
  const scaleY = geometry.deviceHeight / geometry.packetHeight;
  const inside = (value: number, most: number) => Math.min(Math.max(value, 0), Math.max(0, most - 1));
  return {
    x: inside(point.x * scaleX, geometry.deviceWidth) / geometry.pageScaleFactor,
    y: inside(point.y * scaleY - geometry.offsetTop, geometry.deviceHeight) / geometry.pageScaleFactor,
  };
}

/** The way back, for places on the page that the viewer is told. */
export function toPacketRectangle(
  geometry: ViewGeometry,
  rectangle: Point & { width: number; height: number },
): Point & { width: number; height: number } {
  const scaleX = (geometry.packetWidth / geometry.deviceWidth) * geometry.pageScaleFactor;
  const scaleY = (geometry.packetHeight / geometry.deviceHeight) * geometry.pageScaleFactor;
  return {
    x: rectangle.x * scaleX,
    y: rectangle.y * scaleY + (geometry.offsetTop * geometry.packetHeight) / geometry.deviceHeight,
    width: rectangle.width * scaleX,
    height: rectangle.height * scaleY,
  };
}
