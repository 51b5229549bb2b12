import type { OpenState } from "../session/frame-state.ts";
import { AuthBox } from "./auth-box.tsx";
import { CopiedBox } from "./copied-box.tsx";
import { FileBox } from "./file-box.tsx";
import { PageDialogBox } from "./page-dialog-box.tsx";
import { PickerBox } from "./picker-box.tsx";
import { RefusedPopup } from "./refused-popup.tsx";
import { SelectBox } from "./select-box.tsx";

/** What the live page asks outside of its picture. The dialog comes last, on top: the page stands still for it. */
export function PageQuestions({ state }: { state: OpenState }) {
  const { select, picker, file, auth, refusedPopup, copied, dialog } = state.page;
  const connected = state.stream.link === "connected";
  return (
    <>
      {select && <SelectBox key={select.id} select={select} connected={connected} />}
      {picker && <PickerBox key={picker.id} picker={picker} connected={connected} />}
      {file && <FileBox key={file.id} request={file} connected={connected} />}
      {auth && <AuthBox key={auth.id} request={auth} connected={connected} />}
      {refusedPopup !== null && <RefusedPopup host={refusedPopup} platform={state.view.platform.displayName} />}
      {copied !== null && <CopiedBox text={copied} />}
      {dialog && <PageDialogBox key={dialog.id} dialog={dialog} connected={connected} />}
    </>
  );
}
