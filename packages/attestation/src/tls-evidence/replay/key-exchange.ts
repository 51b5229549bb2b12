import { createECDH, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { TlsEvidenceRefused } from "../tls-refusal.ts";

export const group = { secp256r1: 0x0017, secp384r1: 0x0018, x25519: 0x001d } as const;
export type Group = (typeof group)[keyof typeof group];

/** A key pair of one group. */
export interface KeyExchange {
  group: Group;
  share: Uint8Array;
  /** Refuses a share that is no point of the group. */
  agree(peerShare: Uint8Array): Uint8Array;
}

type Random = (length: number) => Uint8Array;

const curves = {
  [group.secp256r1]: { name: "prime256v1", length: 32 },
  [group.secp384r1]: { name: "secp384r1", length: 48 },
} as const;

/** Their encoding in PKCS #8 and SPKI up to the 32 bytes of the key. */
const x25519Private = Buffer.from("302e020100300506032b656e04220420", "hex");
const x25519Public = Buffer.from("302a300506032b656e032100", "hex");

export function isGroup(id: number): id is Group {
  return Object.values(group).some((known) => known === id);
}

export function createKeyExchange(id: Group, random: Random): KeyExchange {
  return id === group.x25519 ? createX25519(random) : createEcdh(id, random);
}

function createX25519(random: Random): KeyExchange {
  const privateKey = createPrivateKey({
    key: Buffer.concat([x25519Private, random(32)]),
    format: "der",
    type: "pkcs8",
  });
  const share = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(x25519Public.length);
  return {
    group: group.x25519,
    share,
    agree: (peerShare) =>
      orRefuse(() => {
        const key = Buffer.concat([x25519Public, peerShare]);
        return diffieHellman({ privateKey, publicKey: createPublicKey({ key, format: "der", type: "spki" }) });
      }),
  };
}

function createEcdh(id: keyof typeof curves, random: Random): KeyExchange {
  const { name, length } = curves[id];
  const ecdh = createECDH(name);
  ecdh.setPrivateKey(random(length));
  return { group: id, share: ecdh.getPublicKey(), agree: (peerShare) => orRefuse(() => ecdh.computeSecret(peerShare)) };
}

function orRefuse(agree: () => Uint8Array): Uint8Array {
  try {
    return agree();
  } catch {
    throw new TlsEvidenceRefused("handshake_invalid", "The server's key share.");
  }
}
