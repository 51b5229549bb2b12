/** The data has not the form that a disclosure asks for. Names the field and the remedy, never a value. */
export class DisclosureError extends Error {
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`${field} ${problem}`);
    this.name = "DisclosureError";
    this.field = field;
  }
}
