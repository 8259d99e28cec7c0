"""The steps of one event: answer, fold, recommend, and what is to be sent. No I/O."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from features.fold import fold, fold_consent
from features.profile import EMPTY, Profile
from features.session import Session, session_of
from features.shown import said
from online_models.answers import TOUCHING, answers
from online_models.lessons import Lesson, basket_lessons
from online_models.policy.holdout import experiment
from online_models.policy.sample import in_sample
from online_models.ranker import step
from online_models.recommend import Occasion, Recommendation, recommend
from stream.contracts.consent import Consent
from stream.contracts.events import Event, Purchase
from stream.contracts.suggestion import SuggestedList
from stream.engine.caches import Caches, Live
from stream.engine.decode import Decoded, Unreadable
from stream.engine.draft import Draft
from stream.engine.faults import Faults
from stream.engine.foresight import Foreseen, Foresight
from stream.engine.knowledge import Knowledge
from stream.engine.measures import Measures
from stream.engine.outgoing import (
    candidates_record,
    example_record,
    forget_record,
    memory_record,
    outcome_record,
    shown_record,
    suggestion_record,
)
from stream.engine.record import ALWAYS, ANSWER_HEADER, Outgoing, Record

Answers = Callable[[Decoded, Occasion], bool]  # is told each occasion just before it is answered, and says whether it is to be


def everybody(decoded: Decoded, occasion: Occasion) -> bool:
    """Answer everybody."""
    return True


Answered = Callable[[Decoded, Recommendation], None]


class Steps:
    """Works one event after the other into its partition's draft; `answered_by` is told each event that was answered, and the answer.

    An answer may be that nothing is said. What is worked again, because another owner wrote meanwhile, is told again.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        caches: Caches,
        tally: Counter[str],
        wall_ms: Callable[[], int],
        *,
        measures: Measures,
        answers: Answers,
    ) -> None:
        self._knowledge, self._caches, self._tally, self._wall_ms, self._answers = knowledge, caches, tally, wall_ms, answers
        self._seconds = measures.event_stages
        self._faults, self._foresight = Faults(), Foresight(knowledge)
        self.answered_by: Answered = _untold

    def look_ahead(self, coming: Sequence[Decoded | Unreadable], drafts: Mapping[int, Draft]) -> None:
        """Prepare for these events, which are worked next: those that will be answered."""
        answered = [one for one in coming if isinstance(one, Decoded) and self._is_answered(one.record)]
        self._foresight.look([(one, self._profile(one, drafts[one.record.partition])) for one in answered])

    def work(self, decoded: Decoded, draft: Draft) -> None:
        """Answer the event, fold it, recommend, and collect in `draft` what is to be kept and sent. After `knows`."""
        customer, event, seq = decoded.customer, decoded.event, draft.next_seq()
        profile = draft.profile(customer, EMPTY)
        if isinstance(event, Consent):
            self._consent(decoded, event, profile, draft, seq)
            return
        if profile.opted_out:
            self._tally["opted_out"] += 1
            return
        foreseen, fold_s = None, 0.0
        if self._is_answered(decoded.record):
            foreseen = self._foresight.of(decoded, event, profile)
            folded, session, fold_s = foreseen.occasion.profile, foreseen.occasion.session.key, foreseen.fold_s
        else:
            began_s = time.perf_counter()
            folded = fold(profile, event)
            fold_s = time.perf_counter() - began_s
            session = event.session_id or session_of(folded, customer, None, event.event_time_ms).key
        if folded is profile:
            self._tally["repeats"] += 1
            return
        self._seconds["fold"].add(fold_s)
        if foreseen is not None and self._answers(decoded, foreseen.occasion):
            began_s = time.perf_counter() - foreseen.rank_s
            folded = self._live(decoded, foreseen, draft, seq)
            self._seconds["recommend"].add(time.perf_counter() - began_s)
        draft.profiles[customer] = folded
        if isinstance(event, TOUCHING) and event.items:
            draft.send(decoded.record, memory_record(decoded, event, session=session, catalog=self._knowledge.catalog))
        outcome = outcome_record(decoded, event)
        if outcome is not None:
            draft.send(decoded.record, outcome)
            self._tally["outcomes"] += 1
        self._tally["events"] += 1

    def _is_answered(self, record: Record) -> bool:
        """Return whether somebody waits: not for what is older than a suggestion lives, unless the record itself says so or otherwise."""
        said = record.header(ANSWER_HEADER) if record.headers else None
        if said is not None:
            return said == ALWAYS
        return self._wall_ms() - record.timestamp_ms <= self._knowledge.policy.expiry_ms

    def knows(self, decoded: Decoded, draft: Draft) -> bool:
        """Take what the cache holds of the customer into the draft, and return whether anything is kept of him in this partition."""
        cached = self._caches.profiles.get((draft.partition, decoded.customer))
        if cached is not None:
            draft.known.setdefault(decoded.customer, cached)
        return draft.knows(decoded.customer)

    def _profile(self, decoded: Decoded, draft: Draft) -> Profile:
        """Return the customer's profile as it stands now."""
        self.knows(decoded, draft)
        return draft.profile(decoded.customer, EMPTY)

    def _live(self, decoded: Decoded, foreseen: Foreseen, draft: Draft, seq: int) -> Profile:
        """Do what only a customer who is there needs; a fault here costs this event's suggestion and nothing else."""
        event, folded, session = foreseen.occasion.event, foreseen.occasion.profile, foreseen.occasion.session
        try:
            self._teach(decoded, event, foreseen.before, session, draft)
            recommendation = self._recommend(foreseen, draft)
            shown = shown_record(decoded, recommendation.lists, recommendation.features)
            kept = () if shown is None else self._candidates(decoded, recommendation)
        except Exception as error:
            self._tally["recommend_failed"] += 1
            self._faults.report(error, decoded.record)
            return folded
        self.answered_by(decoded, recommendation)
        for list_id, rule in recommendation.silences:
            self._tally[f"silent:{list_id}:{rule}"] += 1
        if not recommendation.lists:
            return folded
        self._suggest(decoded, recommendation.lists, session.key, draft, seq)
        for one in kept if shown is None else (*kept, shown):  # what is shown comes last: whoever reads it has read all of it
            draft.send(decoded.record, one)
        self._tally["candidates_kept"] += len(kept)
        list_ids = tuple(shown.item_list_id for shown in recommendation.lists if shown.items)
        return _with_shown(folded, list_ids, session.key, event.event_time_ms)

    def _teach(self, decoded: Decoded, event: Event, before: Profile, session: Session, draft: Draft) -> None:
        live = self._live_of(decoded.customer, draft)
        taken: list[Lesson] = []
        if live is not None and live.session == session.key:
            taken += [(ranked, (item,)) for ranked, item in answers(event, live.ranked, live.on_screen)]
        if isinstance(event, Purchase):
            know = self._knowledge
            taken += basket_lessons(event, before, memory=know.memory, catalog=know.catalog, weights=know.weights)
        for ranked, items in taken:
            lesson = step(ranked, *items)
            if lesson is not None:
                z = lesson.z.astype("<f4").tobytes()
                draft.send(decoded.record, example_record(decoded, ranked.head, ranked.bucket, z, lesson.loss))
                self._tally["examples"] += 1

    def _recommend(self, foreseen: Foreseen, draft: Draft) -> Recommendation:
        know, occasion = self._knowledge, foreseen.occasion
        event, session = occasion.event, occasion.session
        recommendation = recommend(
            occasion,
            memory=know.memory,
            catalog=know.catalog,
            weights=know.weights,
            policy=know.policy,
            now_ms=event.event_time_ms,
            browse=foreseen.browse,
        )
        if recommendation.ranked and event.items:
            on_screen = event.items[0].item_id
            draft.live[occasion.customer] = Live(session.key, event.event_time_ms, on_screen, dict(recommendation.ranked))
        return recommendation

    def _candidates(self, decoded: Decoded, recommendation: Recommendation) -> tuple[Outgoing, ...]:
        """Return what was ranked, by head, where the suggestion is one of the sample."""
        know = self._knowledge
        if not in_sample(str(decoded.origin), know.policy.audit):
            return ()
        versions = know.weights.version, know.policy.version
        return tuple([candidates_record(decoded, ranked, versions=versions) for ranked in recommendation.ranked.values()])

    def _suggest(self, decoded: Decoded, lists: tuple[SuggestedList, ...], session: str, draft: Draft, seq: int) -> None:
        know = self._knowledge
        suggestion = suggestion_record(
            decoded,
            lists,
            seq=seq,
            session=session,
            life_ms=know.policy.expiry_ms,
            versions=(know.weights.version, know.policy.version, know.memory.version),
            experiment=experiment(know.policy.holdout),
            now_ms=self._wall_ms(),
        )
        draft.send(decoded.record, suggestion)
        self._tally["suggestions"] += 1
        for shown in lists:
            for card in shown.items:
                self._tally[f"shown:{shown.item_list_id}:{card.reason.code}"] += 1

    def _consent(self, decoded: Decoded, consent: Consent, profile: Profile, draft: Draft, seq: int) -> None:
        """Do the customer's will; what stands on his page is cleared, what the shared memory holds is taken out."""
        draft.profiles[decoded.customer] = fold_consent(profile, consent)
        draft.live[decoded.customer] = None
        self._tally[consent.choice] += 1
        if consent.choice == "opt_in":
            return
        draft.send(decoded.record, forget_record(decoded))
        if profile.shown.lists:
            session = profile.shown.lists[-1].session
            on_page = tuple(shown.item_list_id for shown in profile.shown.lists if shown.session == session)
            cleared = tuple(SuggestedList(list_id, "", ()) for list_id in on_page)  # type: ignore[arg-type]
            self._suggest(decoded, cleared, session, draft, seq)

    def _live_of(self, customer: str, draft: Draft) -> Live | None:
        if customer in draft.live:
            return draft.live[customer]
        return self._caches.live.get((draft.partition, customer))


def _untold(decoded: Decoded, recommendation: Recommendation) -> None:
    """Tell nobody."""


def _with_shown(profile: Profile, list_ids: tuple[str, ...], session: str, now_ms: int) -> Profile:
    return msgspec.structs.replace(profile, shown=said(profile.shown, list_ids, session=session, now_ms=now_ms))
