/** Sets the time of this process wrong by so many milliseconds, for everything that runs in it. */
export function setClockWrong(by) {
  const { Date: RightDate } = globalThis;
  globalThis.Date = class Date extends RightDate {
    constructor(...args) {
      super(...(args.length === 0 ? [RightDate.now() + by] : args));
    }

    static now() {
      return RightDate.now() + by;
    }
  };
}
