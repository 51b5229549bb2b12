export type { FrameMessage } from "@attestream/shared/embed-messages";
export { mount, type MountedFrame, type MountOptions } from "./mount.ts";
