import { expect } from 'chai';
import { zoneOf } from '../../../../src/q-engine/process/zone.ts';

const hoursAt = (zone: string, utc: string) => zoneOf(zone)(Date.parse(utc)) / 3600;

describe('process - local time', () => {
  it('a rule for a day that ends at 17:00 in Chicago follows its summer time', () => {
    const rule = 'XCT-1XDT,M3.2.0/9,M11.1.0/9';
    expect(hoursAt(rule, '2026-01-15T12:00:00Z')).to.equal(1);
    expect(hoursAt(rule, '2026-03-08T07:59:59Z')).to.equal(1);
    expect(hoursAt(rule, '2026-03-08T08:00:00Z')).to.equal(2);
    expect(hoursAt(rule, '2026-07-15T12:00:00Z')).to.equal(2);
    expect(hoursAt(rule, '2026-11-01T06:59:59Z')).to.equal(2);
    expect(hoursAt(rule, '2026-11-01T07:00:00Z')).to.equal(1);
  });

  it('zones without summer time, with quoted names, minutes and a southern summer', () => {
    expect(hoursAt('EST5', '2026-07-15T12:00:00Z')).to.equal(-5);
    expect(hoursAt('<+0530>-5:30', '2026-07-15T12:00:00Z')).to.equal(5.5);
    expect(hoursAt('AEST-10AEDT,M10.1.0,M4.1.0/3', '2026-01-15T12:00:00Z')).to.equal(11);
    expect(hoursAt('AEST-10AEDT,M10.1.0,M4.1.0/3', '2026-07-15T12:00:00Z')).to.equal(10);
  });

  it('a rule that names no changes has those of the United States', () => {
    expect(hoursAt('EST5EDT', '2026-07-15T12:00:00Z')).to.equal(-4);
    expect(hoursAt('EST5EDT', '2026-12-15T12:00:00Z')).to.equal(-5);
  });

  it('the zone of this process counts where nothing is set', () => {
    const now = Date.parse('2026-07-15T12:00:00Z');
    expect(zoneOf(undefined)(now)).to.equal(-new Date(now).getTimezoneOffset() * 60);
  });
});
