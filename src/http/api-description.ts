import { Injectable } from '@nestjs/common';

/** Keeps the OpenAPI document: it can be made only once all routes exist, and is made at the first call. */
@Injectable()
export class ApiDescription {
  private make: () => object = () => ({});
  private made?: object;

  describedBy(make: () => object): void {
    this.make = make;
    this.made = undefined;
  }

  document(): object {
    this.made ??= this.make();
    return this.made;
  }
}
