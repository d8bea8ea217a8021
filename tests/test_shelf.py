"""The published folder: whole files, replaced by rename, with their compressed forms."""

import gzip
import os

import brotli
import pytest

from bridge import shelf
from bridge.errors import StoreError, StoreReadOnly

TEXT = "柳渡信息网\n".encode() * 200


def forms(path):
    """What stands in the folder, by name; times in ns."""
    return {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in path.parent.iterdir()}


def test_a_text_has_its_compressed_forms_with_its_own_time(tmp_path):
    path = tmp_path / "x.rss"
    assert shelf.put(path, TEXT)
    found = forms(path)
    assert set(found) == {"x.rss", "x.rss.gz", "x.rss.br"}
    assert gzip.decompress(found["x.rss.gz"][1]) == brotli.decompress(found["x.rss.br"][1]) == TEXT
    assert len({time for time, _ in found.values()}) == 1
    assert all(file.stat().st_mode & 0o777 == 0o644 for file in tmp_path.iterdir())


def test_the_same_content_changes_no_byte_and_no_time(tmp_path):
    """Also of the compressed forms."""
    path = tmp_path / "x.rss"
    shelf.put(path, TEXT)
    before = forms(path)
    assert not shelf.put(path, TEXT)
    assert forms(path) == before


@pytest.mark.parametrize("damage", ["gone", "other time"])
def test_a_lost_compressed_form_is_made_again(tmp_path, damage):
    """The file itself stays as it was."""
    path = tmp_path / "x.rss"
    shelf.put(path, TEXT)
    before = forms(path)
    packed = tmp_path / "x.rss.gz"
    if damage == "gone":
        packed.unlink()
    else:
        os.utime(packed, ns=(1, 1))
    assert not shelf.put(path, TEXT)
    assert forms(path) == before


def test_small_files_and_pictures_are_not_compressed(tmp_path):
    """One that became small loses its old forms."""
    shelf.put(tmp_path / "x.rss", TEXT)
    shelf.put(tmp_path / "x.rss", b"<rss/>")
    shelf.put(tmp_path / "x.png", TEXT)
    assert set(forms(tmp_path / "x.rss")) == {"x.rss", "x.png"}


def test_when_it_is_interrupted_the_next_call_writes_everything(tmp_path, monkeypatch):
    """A kill before the last rename leaves the old file, which is not taken for the new one."""
    path = tmp_path / "x.rss"
    shelf.put(path, TEXT)
    real = type(path).replace

    def torn(self, target):
        if target == path:
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(type(path), "replace", torn)
    with pytest.raises(StoreError, match="make room"):
        shelf.put(path, TEXT * 2)
    assert path.read_bytes() == TEXT
    monkeypatch.undo()
    assert shelf.put(path, TEXT * 2)
    assert {gzip.decompress(forms(path)["x.rss.gz"][1]), brotli.decompress(forms(path)["x.rss.br"][1])} == {TEXT * 2}
    assert not [name for name in forms(path) if name.startswith(".")]


def test_a_file_goes_with_its_compressed_forms(tmp_path):
    path = tmp_path / "x.rss"
    shelf.put(path, TEXT)
    assert shelf.remove(path)
    assert not list(tmp_path.iterdir())
    assert not shelf.remove(path)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(StoreReadOnly, match="cannot be written"):
        shelf.put(blocked / "x.rss", TEXT)


def test_without_brotli_there_is_gzip(tmp_path, monkeypatch):
    monkeypatch.setattr(shelf, "_brotli", lambda: False)
    shelf.put(tmp_path / "x.rss", TEXT)
    assert set(forms(tmp_path / "x.rss")) == {"x.rss", "x.rss.gz"}
