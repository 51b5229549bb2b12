import type { PagePicker, PageSelect, ServerMessage, ViewerMessage } from "@attestream/shared/viewer-protocol";
import type { WidgetHint } from "./hint.ts";
import type { HintPlace } from "./hint-source.ts";
import { hintChoose, hintSet } from "./hint-widgets.ts";
import { PageWidget } from "./page-widget.ts";

export interface PageWidgetsOptions {
  canAsk: () => boolean;
  send: (message: ServerMessage) => void;
}

/** Lists and pickers of the page: shown to the user, what was chosen is told to the hint script. */
export class PageWidgets {
  readonly #select: PageWidget<PageSelect>;
  readonly #picker: PageWidget<PagePicker>;
  #count = 0;

  constructor({ canAsk, send }: PageWidgetsOptions) {
    this.#select = new PageWidget({ canAsk, onChange: (select) => send({ type: "select", select }) });
    this.#picker = new PageWidget({ canAsk, onChange: (picker) => send({ type: "picker", picker }) });
  }

  ask(place: HintPlace, hint: WidgetHint): void {
    this.#count += 1;
    const { number } = hint;
    if (hint.kind === "select") {
      const { label, options } = hint;
      this.#select.ask({ place, number, shown: { id: `select-${this.#count}`, label, options } });
    } else this.#picker.ask({ place, number, shown: { id: `picker-${this.#count}`, ...hint.field } });
  }

  answerSelect({ id, index }: Extract<ViewerMessage, { type: "selectReply" }>): void {
    const asked = this.#select.take(id);
    if (asked?.shown.options.some((option) => option.index === index && !option.disabled))
      tell(asked.place, hintChoose, [asked.number, index]);
  }

  answerPicker({ id, value }: Extract<ViewerMessage, { type: "pickerReply" }>): void {
    const asked = this.#picker.take(id);
    if (asked && value !== null) tell(asked.place, hintSet, [asked.number, value]);
  }

  forget(place: HintPlace): void {
    this.#select.forget(place);
    this.#picker.forget(place);
  }

  withdraw(): void {
    this.#select.withdraw();
    this.#picker.withdraw();
  }

  tell(): void {
    this.#select.tell();
    this.#picker.tell();
  }
}

/** Calls a function of the hint script. A document that is gone meanwhile needs no answer. */
function tell({ source, contextId }: HintPlace, name: string, values: unknown[]): void {
  void source.client
    .send("Runtime.callFunctionOn", {
      executionContextId: contextId,
      functionDeclaration: `(...values) => ${name}(...values)`,
      arguments: values.map((value) => ({ value })),
    })
    .catch(() => {});
}
