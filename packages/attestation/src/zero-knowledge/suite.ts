import type { CryptoWasm, SignatureParameters } from "@docknetwork/crypto-wasm";

/**
 * The public parameters of version 1. All come from these labels by hashing to the curve: anybody can compute them
 * again, nobody had to be trusted when they were made, and there is no file to keep.
 */
const signatureLabel = new TextEncoder().encode("attestream bbs signature 1");
const rangeLabel = new TextEncoder().encode("attestream bulletproofs++ range 1");
/** The digits in which a range proof writes a number: of 4 bits, 16 of them. Smaller digits prove slower, larger ones need more room. */
const rangeBase = 2;
const rangeBits = 64;

const signatureParameters = new Map<number, SignatureParameters>();
let rangeParameters: Uint8Array | undefined;

/** Generators for so many messages. Those for fewer are the first of these. */
export function signatureParametersFor(library: CryptoWasm, messageCount: number): SignatureParameters {
  const known = signatureParameters.get(messageCount);
  if (known !== undefined) return known;
  const made = library.bbsGenerateSignatureParams(messageCount, signatureLabel);
  signatureParameters.set(messageCount, made);
  return made;
}

export function rangeSetup(library: CryptoWasm): Uint8Array {
  rangeParameters ??= library.generateSetupParamForBppParams(
    library.boundCheckBppSetup(rangeLabel, rangeBase, rangeBits, true),
    true,
  );
  return rangeParameters;
}
