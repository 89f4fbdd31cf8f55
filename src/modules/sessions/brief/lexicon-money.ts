/** Rules about money. */
import type { LexiconRule } from './lexicon.types.js';

export const MONEY_RULES: readonly LexiconRule[] = [
  {
    id: 'MARKET-1',
    words: /\b(?:marketplace|resell(?:s|ers?)?|resale|auctions?|brokers?)\b/iu,
    opens: [],
    meaning: 'two parties, money passes through',
  },
  {
    id: 'PAY-1',
    words:
      /\b(?:pays? (?:by|with|via|online)|paid (?:by|with)|by card|credit cards?|paypal|ideal|sepa|direct debit|checkout|klarna|apple pay)\b/iu,
    opens: ['payments'],
    meaning: 'a payment provider is needed; its messages repeat',
  },
  {
    id: 'PAY-SCOPE',
    words: /\b(?:by card|credit cards?|debit cards?|card (?:data|numbers?|payments?))\b/iu,
    opens: [],
    meaning: 'card data: keep it out of the own system',
  },
  {
    id: 'MONEY-HELD',
    words: /\b(?:payouts?|pay(?:s|ing)? out|escrow|disburse(?:s|ment)?)\b/iu,
    opens: ['payments'],
    meaning: 'money of others is held until a date',
  },
  {
    id: 'REFUND-1',
    words: /\b(?:refunds?|refunded|money back|reimburse(?:s|d)?)\b/iu,
    opens: ['payments'],
    meaning: 'a way back for money: never more than was paid',
  },
  {
    id: 'DISPUTE-1',
    words: /\b(?:chargebacks?|disputes?|disputed)\b/iu,
    opens: [],
    meaning: 'proof must outlive the sale',
  },
  {
    id: 'PRICE-CAP',
    words: /\b(?:at face value|price (?:cap|limit)|maximum price|at cost)\b/iu,
    opens: [],
    meaning: 'a price limit needs a trusted source',
  },
  {
    id: 'INVOICE-1',
    words: /\b(?:invoices?|receipts?|credit notes?)\b/iu,
    opens: [],
    meaning: 'records with a legal life of their own',
  },
  {
    id: 'TAX-1',
    words: /\b(?:VAT|sales tax|tax rates?|taxes)\b/u,
    opens: [],
    meaning: 'amounts by rate and date; rounding per line or per sum',
  },
  {
    id: 'CURRENCY-1',
    words: /\b(?:currenc(?:y|ies)|in (?:euros?|dollars)|exchange rates?|multi-currency)\b/iu,
    opens: [],
    meaning: 'amounts need a currency and a rounding rule',
  },
  {
    id: 'SUBSCRIBE-1',
    words: /\b(?:subscriptions?|recurring payments?|renewals?|renews?|per seat|trial period)\b/iu,
    opens: ['payments', 'scheduling'],
    meaning: 'charges by the calendar',
  },
  {
    id: 'BUDGET-1',
    quantity: (q) => q.kind === 'money',
    words: /budget|cost|spend|per month|a month|hosting|USD|at most/iu,
    opens: [],
    meaning: 'a money limit: cost per item follows',
  },
  { id: 'AMOUNT-1', quantity: (q) => q.kind === 'money', opens: [], meaning: 'an amount of money' },
  {
    id: 'FEE-1',
    words: /\b(?:commissions?|fees?|bonus(?:es)?)\b/iu,
    opens: [],
    meaning: 'a computed amount: which figure, which rounding',
  },
  {
    id: 'DISCOUNT-1',
    words: /\b(?:discounts?|vouchers?|coupons?|promo(?:tion)? codes?|gift cards?)\b/iu,
    opens: [],
    meaning: 'a code used more often than allowed costs money',
  },
];
