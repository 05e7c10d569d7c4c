/** Equal values become one object. */
export class Shared {
  private readonly values = new Map<string, object>();
  private readonly texts = new Map<string, string>();

  of<T extends object>(value: T): T {
    const key = JSON.stringify(value);
    const known = this.values.get(key);
    if (!known) this.values.set(key, value);
    return (known as T | undefined) ?? value;
  }

  text(value: string): string {
    const known = this.texts.get(value);
    if (known === undefined) this.texts.set(value, value);
    return known ?? value;
  }
}
