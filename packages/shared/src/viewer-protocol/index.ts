export { ariaLimits, ariaNodeSchema, type AriaNode, type AriaRole, type AriaState } from "./aria-node.ts";
export {
  decodePacket,
  encodePacket,
  PacketError,
  packetFlags,
  packetLimits,
  type Packet,
  type PacketArea,
  type PacketRectangle,
  type PacketShift,
} from "./packet.ts";
export { encodeMessage, readPayload } from "./payload.ts";
export {
  copyLimit,
  formValueLimit,
  maxViewerMessageBytes,
  sealSubprotocolPrefix,
  ticketSubprotocolPrefix,
  uploadLimits,
  viewerCloseCodes,
  viewerProtocolVersion,
  viewerSubprotocol,
} from "./protocol-version.ts";
export {
  pickerFieldSchema,
  selectOptionSchema,
  serverMessageSchema,
  type AuthRequest,
  type FocusedField,
  type PageDialog,
  type FileRequest,
  type PagePicker,
  type PageSelect,
  type RunDeadline,
  type ServerMessage,
} from "./server-message.ts";
export { isDeliberate } from "./deliberate-input.ts";
export { viewerMessageSchema, type ViewerMessage } from "./viewer-message.ts";
