/** A weekday on which US exchanges do not keep their usual hours. */
export interface Holiday {
  /** ISO date in New York. */
  readonly date: string;
  readonly name: string;
  /** Open until 13:00 New York time; else closed for the day. */
  readonly earlyClose?: true;
}

/** The last date for which holidays are known; afterwards every weekday counts as a full trading day. */
export const HOLIDAYS_KNOWN_UNTIL = '2028-12-31';

/** Full closures and early closes of the US equity markets. Source: New York Stock Exchange, Holidays and Trading Hours. */
export const US_HOLIDAYS: readonly Holiday[] = [
  { date: '2024-01-01', name: "New Year's Day" },
  { date: '2024-01-15', name: 'Martin Luther King, Jr. Day' },
  { date: '2024-02-19', name: "Washington's Birthday" },
  { date: '2024-03-29', name: 'Good Friday' },
  { date: '2024-05-27', name: 'Memorial Day' },
  { date: '2024-06-19', name: 'Juneteenth' },
  { date: '2024-07-03', name: 'day before Independence Day', earlyClose: true },
  { date: '2024-07-04', name: 'Independence Day' },
  { date: '2024-09-02', name: 'Labor Day' },
  { date: '2024-11-28', name: 'Thanksgiving Day' },
  { date: '2024-11-29', name: 'day after Thanksgiving', earlyClose: true },
  { date: '2024-12-24', name: 'Christmas Eve', earlyClose: true },
  { date: '2024-12-25', name: 'Christmas Day' },

  { date: '2025-01-01', name: "New Year's Day" },
  { date: '2025-01-09', name: 'National Day of Mourning' },
  { date: '2025-01-20', name: 'Martin Luther King, Jr. Day' },
  { date: '2025-02-17', name: "Washington's Birthday" },
  { date: '2025-04-18', name: 'Good Friday' },
  { date: '2025-05-26', name: 'Memorial Day' },
  { date: '2025-06-19', name: 'Juneteenth' },
  { date: '2025-07-03', name: 'day before Independence Day', earlyClose: true },
  { date: '2025-07-04', name: 'Independence Day' },
  { date: '2025-09-01', name: 'Labor Day' },
  { date: '2025-11-27', name: 'Thanksgiving Day' },
  { date: '2025-11-28', name: 'day after Thanksgiving', earlyClose: true },
  { date: '2025-12-24', name: 'Christmas Eve', earlyClose: true },
  { date: '2025-12-25', name: 'Christmas Day' },

  { date: '2026-01-01', name: "New Year's Day" },
  { date: '2026-01-19', name: 'Martin Luther King, Jr. Day' },
  { date: '2026-02-16', name: "Washington's Birthday" },
  { date: '2026-04-03', name: 'Good Friday' },
  { date: '2026-05-25', name: 'Memorial Day' },
  { date: '2026-06-19', name: 'Juneteenth' },
  { date: '2026-07-03', name: 'Independence Day (observed)' },
  { date: '2026-09-07', name: 'Labor Day' },
  { date: '2026-11-26', name: 'Thanksgiving Day' },
  { date: '2026-11-27', name: 'day after Thanksgiving', earlyClose: true },
  { date: '2026-12-24', name: 'Christmas Eve', earlyClose: true },
  { date: '2026-12-25', name: 'Christmas Day' },

  { date: '2027-01-01', name: "New Year's Day" },
  { date: '2027-01-18', name: 'Martin Luther King, Jr. Day' },
  { date: '2027-02-15', name: "Washington's Birthday" },
  { date: '2027-03-26', name: 'Good Friday' },
  { date: '2027-05-31', name: 'Memorial Day' },
  { date: '2027-06-18', name: 'Juneteenth (observed)' },
  { date: '2027-07-05', name: 'Independence Day (observed)' },
  { date: '2027-09-06', name: 'Labor Day' },
  { date: '2027-11-25', name: 'Thanksgiving Day' },
  { date: '2027-11-26', name: 'day after Thanksgiving', earlyClose: true },
  { date: '2027-12-24', name: 'Christmas Day (observed)' },

  { date: '2028-01-17', name: 'Martin Luther King, Jr. Day' },
  { date: '2028-02-21', name: "Washington's Birthday" },
  { date: '2028-04-14', name: 'Good Friday' },
  { date: '2028-05-29', name: 'Memorial Day' },
  { date: '2028-06-19', name: 'Juneteenth' },
  { date: '2028-07-03', name: 'day before Independence Day', earlyClose: true },
  { date: '2028-07-04', name: 'Independence Day' },
  { date: '2028-09-04', name: 'Labor Day' },
  { date: '2028-11-23', name: 'Thanksgiving Day' },
  { date: '2028-11-24', name: 'day after Thanksgiving', earlyClose: true },
  { date: '2028-12-25', name: 'Christmas Day' },
];
