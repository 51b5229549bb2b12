export { attestorsSchema, type AttestorAddress } from "./attestor-addresses.ts";
export { attestorDownMessageSchema, type AttestorDownMessage } from "./down.ts";
export {
  attestorHelloSchema,
  attestorProofSchema,
  attestorWorkerHelloSchema,
  isAttestorTokenProof,
  maxAttestorHandshakeLength,
  proveAttestorToken,
  type AttestorHello,
  type AttestorLinkNonces,
  type AttestorProof,
  type AttestorWorkerHello,
} from "./handshake.ts";
export { newLinkNonce } from "../link-proof.ts";
export { attestorCloseCodes, attestorProtocolVersion, controlPath, ticketScheme } from "./protocol-version.ts";
export { attestorRefusals, type AttestorRefusal } from "./refusals.ts";
export { attestorUpMessageSchema, maxAttestorMessageBytes, type AttestorUpMessage, type EvidenceAsked } from "./up.ts";
