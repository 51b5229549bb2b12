// The part of @docknetwork/crypto-wasm that is used. The package's own types are sources in another dialect of
// TypeScript, which would be checked with ours; tsconfig.base.json leads here instead.

export interface SignatureParameters {
  readonly g1: Uint8Array;
  readonly g2: Uint8Array;
  readonly h: Uint8Array[];
}

export interface VerifyResult {
  readonly verified: boolean;
  readonly error?: string;
}

type Messages = Map<number, Uint8Array>;

/** Messages are 32-byte field elements of our own making: `encode` is always false. */
export interface CryptoWasm {
  initializeWasm(): Promise<void>;

  encodeMessageForSigning(message: Uint8Array): Uint8Array;
  /** A whole number from 0 up to the largest safe one. */
  generateFieldElementFromNumber(value: number): Uint8Array;

  bbsGenerateSignatureParams(messageCount: number, label: Uint8Array): SignatureParameters;
  /** Plain lists of numbers, whatever the package's own types say. */
  bbsGenerateKeyPair(params: SignatureParameters): {
    readonly secret_key: ArrayLike<number>;
    readonly public_key: ArrayLike<number>;
  };
  bbsIsPublicKeyValid(publicKey: Uint8Array): boolean;
  bbsSignConstantTime(
    messages: Uint8Array[],
    secretKey: Uint8Array,
    params: SignatureParameters,
    encode: false,
  ): Uint8Array;
  bbsVerify(
    messages: Uint8Array[],
    signature: Uint8Array,
    publicKey: Uint8Array,
    params: SignatureParameters,
    encode: false,
  ): VerifyResult;

  /** Generators from a label by hashing: the same for everybody, and nobody knows how they relate. */
  boundCheckBppSetup(label: Uint8Array, base: number, valueBitSize: number, uncompressed: boolean): Uint8Array;
  generateSetupParamForBppParams(params: Uint8Array, uncompressed: boolean): Uint8Array;

  generatePoKBBSSignatureProverStatement(params: SignatureParameters, revealed: Messages, encode: false): Uint8Array;
  generatePoKBBSSignatureVerifierStatement(
    params: SignatureParameters,
    publicKey: Uint8Array,
    revealed: Messages,
    encode: false,
  ): Uint8Array;
  generateBoundCheckBppStatementFromParamRefs(min: number, max: number, params: number): Uint8Array;
  generateWitnessEqualityMetaStatement(equal: Set<[number, number]>): Uint8Array;
  generatePoKBBSSignatureWitness(signature: Uint8Array, hidden: Messages, encode: false): Uint8Array;
  generateBoundCheckBppWitness(message: Uint8Array): Uint8Array;

  generateCompositeProofG1WithDeconstructedProofSpec(
    statements: Uint8Array[],
    metaStatements: Uint8Array[],
    setupParams: Uint8Array[],
    witnesses: Uint8Array[],
    context: Uint8Array,
  ): Uint8Array;
  verifyCompositeProofG1WithDeconstructedProofSpec(
    proof: Uint8Array,
    statements: Uint8Array[],
    metaStatements: Uint8Array[],
    setupParams: Uint8Array[],
    context: Uint8Array,
  ): VerifyResult;
}

declare const library: CryptoWasm;
export default library;
