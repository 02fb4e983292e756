"""Groups of sessions that are nearer to one another than to the rest, and names from their own words."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

import networkx as nx

from memex.core.search import SessionCard
from memex.core.topology import Cluster

SEED = 7
SMALLEST = 3
TERMS = 3
NAMED_PROJECTS = 2
LEAST_HOLDING = 2
"""Sessions of a cluster that must hold a word until it says something of the cluster."""
WORD = re.compile(r"[^\W\d_]{3,}")
FUNCTION_WORDS = """
    about add all also and any are been but can cannot code could did does doing done dont each else file
    files fix for from get give has have her here his how into isn its just let like make may more must need
    new not now off one only other our out over please put run same see she should show some such than that
    the their them then there these they this those through too under until use used using very want was way
    were what when where which while who why will with within without would yes you your"""
EMPTY_WORDS = frozenset(FUNCTION_WORDS.split())


def clusters(graph: nx.Graph, cards: Sequence[SessionCard], texts: Mapping[int, str]) -> tuple[Cluster, ...]:
    """By Louvain's method, seeded. `texts`: what each session opens with, by its key."""
    if not graph.number_of_edges():
        return ()
    strength = {(a, b): max(0.0, similarity) + 1e-6 for a, b, similarity in graph.edges(data="similarity")}
    weighted = nx.Graph()
    weighted.add_nodes_from(graph)
    weighted.add_weighted_edges_from((a, b, weight) for (a, b), weight in strength.items())
    groups = nx.community.louvain_communities(weighted, seed=SEED)
    large = sorted((sorted(group) for group in groups if len(group) >= SMALLEST), key=lambda g: (-len(g), g))
    words = {place: _words(texts.get(cards[place].key, cards[place].title)) for place in graph}
    holding = Counter(word for held in words.values() for word in held)
    return tuple(_cluster(group, cards, words, holding) for group in large)


def _cluster(
    group: Sequence[int],
    cards: Sequence[SessionCard],
    words: Mapping[int, frozenset[str]],
    holding: Counter[str],
) -> Cluster:
    projects = Counter(project for place in group if (project := cards[place].project))
    frequent = tuple(name for name, _ in projects.most_common())
    terms = _telling(
        Counter(word for place in group for word in words[place]), len(group), len(words), holding
    )
    parts = (", ".join(terms), ", ".join(frequent[:NAMED_PROJECTS]))
    name = " · ".join(part for part in parts if part) or cards[group[0]].title
    return Cluster(name, terms, frequent, tuple(cards[place].id for place in group))


def _telling(within: Counter[str], size: int, sessions: int, holding: Counter[str]) -> tuple[str, ...]:
    """By the share of the cluster that holds a word × the word's IDF over the map."""
    scores = {
        word: count / size * log((1 + sessions) / holding[word])
        for word, count in within.items()
        if count >= LEAST_HOLDING
    }
    return tuple(sorted(scores, key=lambda word: (-scores[word], word))[:TERMS])


def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.lower())) - EMPTY_WORDS
