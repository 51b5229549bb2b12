import type { ComponentChildren, JSX } from "preact";
import type { AriaState } from "@attestream/shared/viewer-protocol";
import type { AriaBranch } from "./aria-branches.ts";
import { useFrame } from "./frame-context.ts";

export interface ReaderActs {
  enabled: boolean;
  press(id: number): void;
  /** What the user types from now on goes into this field. */
  type(id: number, name: string): void;
}

/** One node of the remote page as an element of ours, with all that is in it. */
export function AriaBranchView({ branch, acts }: { branch: AriaBranch; acts: ReaderActs }): JSX.Element {
  const { messages } = useFrame();
  const { node, branches } = branch;
  const { id, role, name, states = [] } = node;
  const is = (state: AriaState) => states.includes(state);
  const disabled = is("disabled") || !acts.enabled;
  const inner: ComponentChildren = branches.map((child) => (
    <AriaBranchView key={child.key} branch={child} acts={acts} />
  ));
  const press = (event: Event) => {
    event.preventDefault();
    acts.press(id);
  };
  switch (role) {
    case "text":
      return <span>{name} </span>;
    case "heading": {
      const Heading = `h${node.level ?? 2}` as "h2";
      return (
        <Heading>
          {name}
          {inner}
        </Heading>
      );
    }
    case "paragraph":
      return <p>{inner}</p>;
    case "link":
      return (
        <a href="#page" aria-disabled={disabled} onClick={disabled ? (event) => event.preventDefault() : press}>
          {name}
        </a>
      );
    case "button":
      return (
        <button
          type="button"
          disabled={disabled}
          aria-pressed={is("pressed") ? true : undefined}
          aria-expanded={expandedOf(is)}
          onClick={press}
        >
          {name}
        </button>
      );
    case "combobox":
      return (
        <button
          type="button"
          disabled={disabled}
          aria-haspopup="listbox"
          aria-expanded={expandedOf(is)}
          onClick={press}
        >
          {`${name}: ${node.value ?? ""}`}
        </button>
      );
    case "textbox":
      return (
        <input
          readOnly
          disabled={disabled}
          value={is("secret") ? "" : (node.value ?? "")}
          placeholder={is("secret") ? messages.reader.secret : undefined}
          aria-label={name}
          aria-required={is("required")}
          aria-invalid={is("invalid")}
          onClick={() => acts.type(id, name)}
          onKeyDown={(event) => {
            // Any key that would write: it is for the page's field.
            if (event.key !== "Enter" && event.key.length > 1) return;
            event.preventDefault();
            acts.type(id, name);
          }}
        />
      );
    case "checkbox":
    case "radio":
    case "switch":
      return (
        <button
          type="button"
          role={role}
          disabled={disabled}
          aria-checked={is("mixed") ? "mixed" : is("checked")}
          aria-required={role === "radio" ? undefined : is("required")}
          onClick={press}
        >
          {name}
        </button>
      );
    case "image":
      return <span role="img" aria-label={name} />;
    case "list":
      return <ul aria-label={name || undefined}>{inner}</ul>;
    case "listitem":
      return <li>{inner}</li>;
    case "region":
      return (
        <div role="region" aria-label={name || messages.reader.sectionless}>
          {inner}
        </div>
      );
    case "table":
    case "row":
    case "cell":
    case "navigation":
    case "search":
    case "group":
      return (
        <div role={role} aria-label={name || undefined}>
          {inner}
        </div>
      );
    case "alert":
    case "status":
      return (
        <div role={role}>
          {branches.length === 0 ? name : ""}
          {inner}
        </div>
      );
  }
}

function expandedOf(is: (state: AriaState) => boolean): boolean | undefined {
  return is("expanded") ? true : is("collapsed") ? false : undefined;
}
