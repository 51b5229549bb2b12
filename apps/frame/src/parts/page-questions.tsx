import type { OpenState } from "../session/frame-state.ts";
import { FileBox } from "./file-box.tsx";
import { PageDialogBox } from "./page-dialog-box.tsx";
import { SelectBox } from "./select-box.tsx";

/** What the live page asks outside of its picture. The dialog comes last, on top: the page stands still for it. */
export function PageQuestions({ state }: { state: OpenState }) {
  const { select, file, dialog } = state.page;
  const connected = state.stream.link === "connected";
  return (
    <>
      {select && <SelectBox key={select.id} select={select} connected={connected} />}
      {file && <FileBox key={file.id} request={file} connected={connected} />}
      {dialog && <PageDialogBox key={dialog.id} dialog={dialog} connected={connected} />}
    </>
  );
}
