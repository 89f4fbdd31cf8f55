/** Closed lists of English words by which a clause is cut and a noun phrase is found. All lower case. */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

/** People and parties; after a comma one of them plus a predicate starts a new clause. */
export const ACTORS = words(`
  admin admins administrator administrators agent agents analyst analysts applicant applicants author authors bidder
  bidders buyer buyers carrier carriers citizen citizens clerk clerks client clients coach coaches colleague colleagues
  company companies consumer consumers controller controllers courier couriers customer customers dealer dealers developer developers
  director directors dispatcher dispatchers doctor doctors driver drivers editor editors employee employees engineer engineers everyone fan fans
  farmer farmers finance guest guests host hosts landlord landlords learner learners manager managers member members
  merchant merchants moderator moderators nurse nurses operator operators organiser organisers organizer organizers owner owners
  parent parents participant participants partner partners passenger passengers patient patients people picker pickers
  planner planners player players reader readers researcher researchers resident residents reviewer reviewers seller sellers
  shopper shoppers staff student students subscriber subscribers supplier suppliers supervisor supervisors teacher teachers team teams
  technician technicians tenant tenants traveller travellers user users vendor vendors viewer viewers visitor visitors volunteer volunteers
  worker workers sensors sensor devices device machines meters gateways payout payouts refunds they it nobody
`);

/** Words that open a new clause after a comma by themselves. */
export const HEAD_WORDS = words(`only payout payouts refund refunds no never must`);

/** Verbs and auxiliaries: they end a noun phrase, and after an actor they confirm a new clause. */
export const PREDICATES = words(`
  is are was were be been has have had can cannot may must shall should will would could might do does did need needs
  accept accepts accepted add adds added approve approves approved arrive arrives arrived ask asks asked assign assigns book books buffer
  buffers buffered buy buys call calls called cancel cancels cancelled change changes changed check checks checked choose chooses close closes
  collect collects compare compares complete completes confirm confirms confirmed connect connects count counts create creates created
  decide decides define defines delete deletes deleted deliver delivers delivered download downloads edit edits enter enters exceed exceeds
  expire expires expired export exports exported fail fails fall falls filter filters find finds finish finishes finished follow follows
  get gets give gives grow grows held hold holds import imports imported install installs join joins keep keeps kept last lasts leave
  leaves list lists load loads loaded lock locks log logs logged look lose loses make makes manage manages measure measures
  move moves needs notify notified open opens opened order orders ordered pass passes pay pays paid pick picks place places placed plan plans
  post posts prefer prints printed print process processes processed produce produces publish publishes raise raises raised
  read reads receive receives received reconnect record records recorded refunded refuse refused register registers reject rejected release
  report reports request requests resell resells reserve reserves reserved restore return returns returned review
  reviews run runs scan scans schedule search searched searches see sees sell sells send sends sent serve serves served share shares shared show shows shown sign signs
  sold start starts stay stays stop stops store stores stored submit submits switch sync syncs synced take takes taken track tracks
  transmit transmits transmitted update updates updated upload uploads uploaded use uses used validate view views viewed visit wait
  waits want wants suggest suggests answered come comes lie lies appear appears go goes include includes speak speaks drive drives live lives cost costs contain contains
  cover covers exist exists happen happens know knows mean means meet meets offer offers perform performs remain remains remove removes require
  requires respond responds save saves support supports travel travels trigger triggers turn turns set sets spend spends learn learns watch watches work works write writes written
`);

/** Determiners are skipped in front of a noun phrase. */
export const DETERMINERS = words(`
  a an the their its his her our your my each every all any some this that these those such both own same new per one no other most
`);

/** Prepositions, conjunctions, pronouns and adverbs: a noun phrase ends before them. */
export const STOP_WORDS = words(`
  about above across after against along among and around as at because before behind below between but by during
  except for from if in inside into least less like more near nor not of off on once onto or otherwise out over past since so than then
  there they them through till to too toward towards twice under unless until up upon via was when where whether which while who whom whose
  why with within without yet it we you i he she us also always already again automatically daily directly even exactly ever first
  hourly immediately instantly later latest live long monthly much nightly never normally now often online only per quickly really roughly soon sometimes still
  usually very weekly yearly how what later today tomorrow average maximum minimum
`);
