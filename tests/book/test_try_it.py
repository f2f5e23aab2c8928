"""Things to try out and quizzes, in a browser: dragged, keyed, touched, answered."""

import itertools
import json
import re

import numpy as np
import pytest
from chapters import BOOK, CHAPTERS, REVEAL, code_cells, read

from w2vlib import cuda_engine, ledger
from w2vlib.binary import SigmoidWithLoss
from w2vlib.bottlenecks import OneHotCBOW, create_contexts_target
from w2vlib.corpus import load_corpus
from w2vlib.distributed import PULL, merge
from w2vlib.draws import kept_share
from w2vlib.embedding import Embedding
from w2vlib.embedding_dot import EmbeddingDot
from w2vlib.sampler import UnigramSampler
from w2vlib.sparse_gradients import SparseAdam, SparseGradient
from w2vlib.training import CBOW, SGD, Adam, Trainer

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import expect

DATA = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)


def outputs(path, kind):
    """The stored HTML of all such outputs; nbval has compared it with the library's of today."""
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            text = output.get("data", {}).get("text/html", "")
            if f'data-mount="{kind}"' in text:
                yield text


def opened(root):
    """A thing to drag, its aside opened if it stands in one."""
    root.evaluate("root => root.closest('.w2v-aside')?.setAttribute('open', '')")
    return root


def positions(root):
    """How many positions each control has, in the order of the page."""
    return root.evaluate(
        "root => [...root.querySelectorAll('input, select')]"
        ".map(e => e.options ? e.options.length : e.max - e.min + 1)"
    )


def shown(root):
    """The picture that is shown, as markup."""
    return root.locator(".w2v-view").evaluate("view => view.innerHTML")


def normal(page, frame):
    """A frame as the browser writes it."""
    return page.evaluate(
        "html => Object.assign(document.createElement('p'), {innerHTML: html}).innerHTML", frame
    )


each_explore = [
    pytest.param(path, number, id=f"{path.stem}-{number}")
    for path in CHAPTERS
    for number, _ in enumerate(outputs(path, "explore"))
]


@pytest.mark.parametrize("path, number", each_explore)
def test_explore_by_mouse_and_keyboard(site, page, path, number):
    data = json.loads(DATA.search(list(outputs(path, "explore"))[number])[1])
    frames = ["\n".join(data["lines"][n] for n in frame) for frame in data["frames"]]
    page.goto(f"{site}/book/{path.stem}.html")
    page.evaluate(REVEAL)
    root = opened(page.locator('[data-mount="explore"]').nth(number))
    root.scroll_into_view_if_needed()
    at = root.evaluate("root => [...root.querySelectorAll('input, select')].map(e => +e.value)")
    sizes = positions(root)
    order = list(itertools.product(*map(range, sizes)))
    assert len(order) == len(frames) == len(set(frames))

    def right():
        return shown(root) == normal(page, frames[order.index(tuple(at))])

    assert right()
    for n, size in enumerate(sizes):
        control = root.locator("input, select").nth(n)
        if control.evaluate("e => e.localName") == "select":
            for at[n] in (size - 1, 0):
                control.select_option(str(at[n]))
                assert right()
            continue
        box = control.bounding_box()
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] / 2, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] + 20, middle, steps=5)
        page.mouse.up()
        at[n] = size - 1
        assert right()
        for key, at[n] in [
            ("ArrowLeft", size - 2),
            ("Home", 0),
            ("ArrowRight", 1),
            ("End", size - 1),
        ]:
            control.press(key)
            assert right()
            said = control.get_attribute("aria-valuetext")
            assert control.locator("xpath=..").locator("output").text_content() == said
    assert not page.wrong


def choose(root, **values):
    """Move the controls of these names to these values, as a reader does -> the picture's text."""
    for name, value in values.items():
        label = root.locator("label", has_text=re.compile(f"^{name.replace('_', ' ')} "))
        control = label.locator("input, select")
        if isinstance(value, str):
            control.select_option(label=value)
            continue
        control.press("Home")
        while control.get_attribute("aria-valuetext") != f"{value:,}":
            before = control.input_value()
            control.press("ArrowRight")
            assert control.input_value() != before, f"{name} has no {value}"
    view = root.locator(".w2v-view svg")
    return [view.get_attribute("aria-label"), *view.locator("text").all_text_contents()]


def counts(root):
    _, *texts = choose(root, V_words=10_000, H_numbers=50)
    model = OneHotCBOW(10_000, 50)
    (W_in,), (W_out,) = model.in_layer.params, model.out_layer.params
    products = (
        32 * 10 * W_in.size,
        32 * W_out.size,
    )  # of a batch of 32 targets, 10 words around each
    assert all(any(text.startswith(f"{n / 1e6:.0f} M, ") for text in texts) for n in products)


def embedding(root):
    said, *texts = choose(root, ids="2, 0, 0, 2 (two twice)", rows_of_dout_given_back=4)
    layer = Embedding(np.zeros((4, 3), dtype=np.float32))
    layer.forward(np.array([2, 0, 0, 2]))
    layer.backward(np.array([[1], [5], [7], [9]]) * np.ones(3, dtype=np.float32))
    assert "lost 2" in said and f"sum {layer.grads[0].sum():g}" in texts
    assert " ".join(f"{x:g}" for x in layer.grads[0].flat) in " ".join(texts)


def sigmoid_with_loss(root):
    _, *texts = choose(root, score=-2, answer="yes")
    layer = SigmoidWithLoss()
    loss = layer.forward(np.array([-2.0]), np.array([1]))
    slope = layer.backward()[0]
    assert f"y = {layer.y[0]:.3f}" in texts
    assert f"loss {loss:.3f}" in texts and f"slope {slope:.3f}" in texts


def embedding_dot(root):
    W = np.array([[1, 0, 2], [0, 1, 1], [2, 2, 0], [1, 3, 1]], dtype=np.float32)
    h = np.array([[1, 2, 0], [0, 1, 1], [3, 1, 2]], dtype=np.float32)
    layer = EmbeddingDot(W)
    out = layer.forward(h, np.array([3, 3, 1]))
    dh = layer.backward(np.array([1, 10, 100], dtype=np.float32))
    for step, result in [(4, out), (7, layer.grads[0]), (8, dh)]:
        said, *_ = choose(root, step=step, ids="3, 3, 1")
        assert said.endswith(f": {result.tolist()}")


def sampler(root):
    said, *texts = choose(root, power=0.78)
    corpus, the = load_corpus("default"), 2
    expected = UnigramSampler(corpus.ids, 0.75, 5).word_p.copy()
    expected[the] = 0
    expected *= 250_000 / expected.sum()
    drawn = UnigramSampler(corpus.ids, 0.78, 5000, rng=0).get_negative_sample(np.full(50, the))
    found = np.bincount(drawn.ravel(), minlength=len(expected))
    others = expected > 0
    misses = (found - expected)[others] ** 2 / expected[others]
    assert f"chi-square {misses.sum():,.0f}, limit " in said and said.endswith("fails")
    assert f"{found[:10].sum() / expected[:10].sum():.2f}" in texts


def negative_sampling(root):
    said, *_ = choose(root, step=8, draw=3)
    answers = re.findall(r"label (\d), y ([\d.]+), back ([\d.-]+)", said)
    rows = {"say": [1, 1], "you": [0.5, 0], "goodbye": [0, -1]}
    h, dh, back = np.array([[1, 2]], dtype=np.float32), 0, []
    for word, row in rows.items():
        dot, loss = EmbeddingDot(np.array([row], dtype=np.float32)), SigmoidWithLoss()
        loss.forward(dot.forward(h, np.array([0])), np.array([int(word == "say")]))
        dscore = loss.backward()
        dh = dh + dot.backward(dscore)
        back.append((str(int(word == "say")), f"{loss.y[0]:.3f}", f"{dscore[0]:.3f}"))
    assert answers == back
    assert said.endswith(f"dh [{dh[0, 0]:.3f}, {dh[0, 1]:.3f}]")


def learning_curves(root):
    ids = np.array([0, 1, 2, 3, 4, 1, 5, 6])
    losses = []  # of two runs
    for seed in range(2):
        trainer = Trainer(CBOW(7, 5, 1, ids, rng=seed), SGD(1.0))
        trainer.fit(*create_contexts_target(ids, 1), 100, 3, 2, rng=seed, progress=False)
        losses += trainer.losses[-10:]
    said, *_ = choose(root, learning_rate=1, batch_size=3)
    shown = float(said.partition("ten passes is ")[2].split()[0][:-1])
    assert shown == pytest.approx(np.mean(losses), abs=0.006)
    said, *_ = choose(root, learning_rate=1, batch_size=1)
    assert "beyond all bounds" in said


def bytes_by_place(root):
    said, *texts = choose(root, V=1_000_000)
    stages = zip(["textbook", "row-sparse"], ["+ negative sampling", "+ row-sparse gradients"])
    for name, stage in stages:
        assert f"{name}: {ledger.bytes_touched(stage, 1_000_000) / 1e9:.1f} GB" in texts
    assert "update 4.0 GB, row-sparse 1.0 MB" in said


def coasting(root):
    said, *_ = choose(root, gap=10)
    adam, lazy = np.zeros((1, 1)), np.zeros((1, 1))
    dense, sparse, coasted = Adam(0.1), SparseAdam(0.1), 0.0
    for step in range(100):
        gradient, before = SparseGradient(lazy), adam[0, 0]
        if step % 10 == 0:
            gradient.put(np.array([0]), np.ones((1, 1)))
        dense.update([adam], [gradient.dense()])
        sparse.update([lazy], [gradient])
        coasted += (adam[0, 0] - before) * (step % 10 > 0)
    assert f"Adam {adam[0, 0]:.2f}, lazy Adam {lazy[0, 0]:.2f}, " in said
    assert f"coasted {coasted / adam[0, 0]:.0%} of its way" in said


def windows(root):
    said, *_ = choose(root, word=4, window=2)
    contexts, _ = create_contexts_target(np.array([3, 1, 4, 1, 5, 9, 2, 6]), 2)
    assert said.endswith(f"= {contexts[4 - 2].sum()}")


def serial_part(root):
    said, *_ = choose(root, percent=5)
    assert f"{1 / (0.05 + 0.95 / 64):.1f} times on 64 cores" in said


def copies_that_meet(root):
    said, *_ = choose(root, copies=4, readings=8)
    each = 1 - (7 / 8) ** 8
    moves = -np.log(1 - each) / 4**2 / PULL
    found = [(np.array([0]), np.full((1, 1), each), np.array([moves]))] * 4
    assert f"sum {4 * each:.2f}, mean {each:.2f}" in said
    assert f"weighted {merge(found, 1)[1].item():.2f}" in said


def pieces_of_memory(root):
    said, *texts = choose(root, stride=6)
    bytes_read = {4 * 6 * lane + byte for lane in range(32) for byte in range(4)}
    pieces = len({byte // 32 for byte in bytes_read})
    assert f"32 numbers from {pieces} pieces, {32 * pieces} bytes moved for 128" in said
    assert sum(int(text) for text in texts if text.isdecimal()) == 32


def lines_at_once(root):
    stored = json.loads((BOOK / "results" / "gpu.json").read_text(encoding="utf-8"))["quality"]
    corpus = load_corpus("default")
    subsample = cuda_engine.ENGINE.defaults["cbow"]["subsample"]
    kept = corpus.counts * kept_share(corpus.counts, subsample)
    for lines, entry in [
        (4096, stored["at_once=4096"]),
        (cuda_engine.lines_at_once(kept), stored["defaults"]),
    ]:
        said, *texts = choose(root, lines_at_once=lines)
        assert f"{entry['Mtokens/s']:.1f} million tokens a second" in said
        assert f"{entry['analogies']:.1%}" in texts and f"{entry['wordsim']:.3f}" in texts


# What a picture shows at one place, computed afresh by the library.
NUMBERS = {
    "01_bottlenecks": counts,
    "02_embedding": embedding,
    "03_binary": sigmoid_with_loss,
    "04_embedding_dot": embedding_dot,
    "05_sampler": sampler,
    "06_negative_sampling": negative_sampling,
    "07_training": learning_curves,
    "09_sparse_gradients": (bytes_by_place, coasting),
    "10_fused": windows,
    "11_compiled": serial_part,
    "12_distributed": copies_that_meet,
    "13_gpu": (pieces_of_memory, lines_at_once),
}


@pytest.mark.parametrize("stem", NUMBERS)
def test_its_numbers_are_the_library_s(site, page, stem):
    page.goto(f"{site}/book/{stem}.html")
    page.evaluate(REVEAL)
    tests = NUMBERS[stem] if isinstance(NUMBERS[stem], tuple) else [NUMBERS[stem]]
    for n, test in enumerate(tests):
        test(opened(page.locator('[data-mount="explore"]').nth(n)))


def test_no_explore_goes_without_its_numbers():
    assert {path.stem for path in CHAPTERS if [*outputs(path, "explore")]} == set(NUMBERS)


@pytest.fixture
def phone(chromium):
    """A tab of a phone."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def test_explore_by_touch_and_play(site, phone):
    phone.goto(f"{site}/book/04_embedding_dot.html")
    phone.evaluate(REVEAL)
    root = phone.locator(".w2v-explore")
    first = shown(root)
    root.locator("input").tap()  # in the middle
    touched = shown(root)
    assert touched != first
    root.locator("button").tap()
    phone.wait_for_timeout(1600)
    root.get_by_role("button", name="Stop").tap()
    played = shown(root)
    assert played not in {first, touched}
    phone.wait_for_timeout(1600)
    assert shown(root) == played
    expect(root.get_by_role("button", name="Play")).to_be_visible()


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_quizzes_explain_right_and_wrong_answers(site, page, path):
    page.goto(f"{site}/book/{path.stem}.html")
    page.evaluate(REVEAL)
    page.locator(".w2v-aside").evaluate_all("asides => asides.forEach((it) => { it.open = true; })")
    asked = page.locator(".w2v-quiz fieldset, .w2v-predict fieldset").all()
    assert page.locator(".w2v-quiz fieldset").count() == 3
    assert page.locator(".w2v-predict").count() >= 1
    for question in asked:
        status = question.get_by_role("status")
        assert status.text_content() == ""
        for answer in question.get_by_role("radio").all():
            answer.check()
            right = answer.get_attribute("data-right") == "yes"
            assert status.text_content().startswith("Right. " if right else "Not quite. ")
            assert status.text_content() == answer.get_attribute("data-say")
            assert status.get_attribute("class") == ("w2v-right" if right else "w2v-wrong")
        answer.press("ArrowUp")
        assert question.locator("input:checked").get_attribute("data-say") == status.text_content()
    assert page.locator(".w2v-quiz input:checked").count() == 3  # no two share a name
    assert not page.wrong
