export { applyDisclosure, findExcess, narrowDisclosure } from "./apply-disclosure.ts";
export { checkDisclosure, type DisclosureProblem, type FieldShape, type FieldShapes } from "./check-disclosure.ts";
export { DisclosureError } from "./disclosure-error.ts";
