/** Of every page that is measured, and of its picture. */
export const viewSize = { width: 1280, height: 720 } as const;
