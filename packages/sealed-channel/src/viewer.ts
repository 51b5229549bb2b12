export { SealError } from "./seal-error.ts";
export { createViewerEnd, type ViewerEnd } from "./viewer-end.ts";
