export { createAnswerCheck } from "./answer-check.ts";
export { operationOf, type Document } from "./document.ts";
export { generatedRequests } from "./generate-request.ts";
