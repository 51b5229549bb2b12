export {
  decodePacket,
  encodePacket,
  PacketError,
  packetFlags,
  packetLimits,
  type Packet,
  type PacketRectangle,
} from "./packet.ts";
export {
  maxViewerMessageBytes,
  ticketSubprotocolPrefix,
  viewerCloseCodes,
  viewerProtocolVersion,
  viewerSubprotocol,
} from "./protocol-version.ts";
export { serverMessageSchema, type FocusedField, type PageDialog, type ServerMessage } from "./server-message.ts";
export { viewerMessageSchema, type ViewerMessage } from "./viewer-message.ts";
