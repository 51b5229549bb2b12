export { createAnswerCheck, type AnswerCheck } from "./answer-check.ts";
export type { Document, DocumentedOperation } from "./document.ts";
