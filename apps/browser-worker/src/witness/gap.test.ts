import { expect, it } from "vitest";
import { AttestorGoneError, AttestorRefusedError } from "./attestor-link.ts";
import { failureOf, Gap, toGap } from "./gap.ts";

it("names what is missing, whatever went wrong", () => {
  expect(toGap(new AttestorRefusedError("tls_refused", "tls_version")).code).toBe("tls_unsuitable");
  expect(toGap(new AttestorRefusedError("internal", undefined)).code).toBe("attestor_refused");
  expect(toGap(new AttestorGoneError("unreachable")).code).toBe("attestor_unavailable");
  expect(toGap(new Error("anything")).code).toBe("attestor_refused");
});

it("ends a session that needs evidence with the code for it", () => {
  expect(failureOf(new Gap("no_attestor")).code).toBe("ATTESTOR_UNAVAILABLE");
  expect(failureOf(toGap(new AttestorGoneError("unreachable"))).code).toBe("ATTESTOR_UNAVAILABLE");
  expect(failureOf(toGap(new AttestorGoneError("timeout"))).code).toBe("ATTESTATION_TIMEOUT");
  expect(failureOf(new Gap("attestor_key")).code).toBe("ATTESTATION_FAILED");
});
