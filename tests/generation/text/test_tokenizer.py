import pytest

from generation.errors import WeightsError
from generation.text.tokenizer import SentencePieceTokenizer, TransformersTokenizer, load_tokenizer

END = 1


def test_a_sentencepiece_model_is_preferred(tiny_t5):
    tokenizer = load_tokenizer(tiny_t5 / "t5-v1_1-xxl")

    assert isinstance(tokenizer, SentencePieceTokenizer)
    assert tokenizer.pad_id == 0
    assert tokenizer("good boy")[-1] == END


def test_an_empty_text_is_the_end_of_the_text_alone(tiny_t5):
    assert load_tokenizer(tiny_t5 / "t5-v1_1-xxl")("") == [END]


def test_special_tokens_in_a_prompt_are_plain_text(tiny_t5):
    ids = load_tokenizer(tiny_t5 / "t5-v1_1-xxl")("a </s> cat <extra_id_0>")

    assert ids.count(END) == 1
    assert max(ids) < 108


def test_a_byte_tokenizer_is_read_from_its_folder(tmp_path):
    from transformers import ByT5Tokenizer

    ByT5Tokenizer().save_pretrained(tmp_path)

    tokenizer = load_tokenizer(tmp_path)

    assert isinstance(tokenizer, TransformersTokenizer)
    assert tokenizer("ab") == [ord("a") + 3, ord("b") + 3, END]
    assert tokenizer("") == [END]
    assert len(tokenizer("a" * 5000)) == 5001


def test_a_damaged_sentencepiece_model_is_refused(tmp_path):
    (tmp_path / "spiece.model").write_bytes(b"garbage")

    with pytest.raises(WeightsError, match="not a sentencepiece model"):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize("content", [None, "garbage", "{}", '{"version": "1.0", "model": {"type": "Unigram"}}'])
def test_a_folder_without_a_readable_tokenizer_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content)
        (tmp_path / "tokenizer_config.json").write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}')

    with pytest.raises(WeightsError, match="no tokenizer can be read"):
        load_tokenizer(tmp_path)
