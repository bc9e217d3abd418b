/** How one part is. `ready` means it makes progress, not that it is alive. */
export interface HealthReport {
  readonly ready: boolean;
  readonly detail: string;
}

/** Parts of the process report here; readiness is that of all. */
export class HealthRegistry {
  readonly #parts = new Map<string, () => HealthReport>();

  register(part: string, report: () => HealthReport): void {
    this.#parts.set(part, report);
  }

  /** Every part's report, and whether all are ready. */
  report(): { ready: boolean; parts: Record<string, HealthReport> } {
    const parts = Object.fromEntries([...this.#parts].map(([part, report]) => [part, report()]));
    return { ready: Object.values(parts).every((part) => part.ready), parts };
  }
}
