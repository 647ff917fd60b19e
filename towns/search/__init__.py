"""Global search over towns, indicators, goals and sources: a pure index and ranked hits.

index = build_index(towns, indicators, targets, sources, places)
index.find("mxxz", "zh", limit=8)    # pinyin initials of 梦想小镇
"""

from towns.search.index import KINDS, Hit, Index, Kind, build_index, normalise

__all__ = ["KINDS", "Hit", "Index", "Kind", "build_index", "normalise"]
