"""Why a list says nothing: the rules that hold before anything is chosen, each with a name."""

from features.profile import Kind, Shown
from features.shown import is_paused, list_dismissed, times_shown
from online_models.occasion import Occasion
from online_models.policy.holdout import held_out
from online_models.policy.lists import ListName
from online_models.policy.policy import MINUTE_MS, Pause, Policy
from stream.contracts.events import Search, SelectItem, ViewItem, ViewItemList

LOOKING = (ViewItem, SelectItem, ViewItemList, Search)
FIRST_LOOKS = ((), (Kind.VIEW,), (Kind.CLICK,), (Kind.VIEW, Kind.CLICK))

HELD_OUT = "holdout"  # the customer is one of those by whom the others are measured
NOTHING = "nothing"  # it was asked and had nothing to show
NO_OBSTACLE = "price_no_obstacle"  # nothing says that the customer wants it cheaper


def silence_of_all(occasion: Occasion, policy: Policy, now_ms: int) -> str | None:
    """Return the rule that keeps every list silent now, None when there is none. The strictest rule is named first."""
    if held_out(occasion.customer, policy.holdout):
        return HELD_OUT
    if policy.always_speak:
        return None
    shown = occasion.profile.shown
    if is_paused(shown, now_ms) or dismissed_too_often(shown, policy.pause, now_ms):
        return "paused"
    return "first_view" if policy.quiet_first_view and is_first_view(occasion) else None


def silence(name: ListName, occasion: Occasion, policy: Policy, now_ms: int) -> str | None:
    """Return the rule that keeps this list silent now, None when it may speak."""
    if policy.always_speak:
        return None
    shown = occasion.profile.shown
    if list_dismissed(shown, name, now_ms, within_ms=int(policy.pause.list_minutes * MINUTE_MS)):
        return "list_dismissed"
    rules = policy.rules(name)
    in_session, in_day = times_shown(shown, name, occasion.session.key, now_ms)
    if in_session >= rules.per_session:
        return "session_cap"
    return "day_cap" if in_day >= rules.per_day else None


def is_first_view(occasion: Occasion) -> bool:
    """Return whether this is the first look at an item of somebody who has touched nothing before.

    A click in a list and the look that it leads to are one look. Who was here in an earlier session is known already.
    """
    profile = occasion.profile
    if not isinstance(occasion.event, LOOKING) or len(profile.history) > 1 or len(profile.recent) != occasion.session.length:
        return False
    return tuple(sorted(touch.kind for touch in profile.recent)) in FIRST_LOOKS


def dismissed_too_often(shown: Shown, pause: Pause, now_ms: int) -> bool:
    """Return whether the newest pause that dismissals brought still holds. Several items dismissed at once count once."""
    if len(shown.dismissed) < pause.dismissals:
        return False
    times = sorted({at_ms for _, at_ms in shown.dismissed if at_ms <= now_ms})
    within_ms, for_ms = int(pause.within_minutes * MINUTE_MS), int(pause.for_minutes * MINUTE_MS)
    runs = zip(times, times[pause.dismissals - 1 :], strict=False)
    return any(last_ms - first_ms <= within_ms and now_ms < last_ms + for_ms for first_ms, last_ms in runs)
