package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
)

// writeArchive stores one trace as NAME.tar.gz holding NAME.trace, which `cmake -E tar`
// unpacks wherever CMake runs. It says how large the archive is.
func writeArchive(dir, name string, text []byte) (int, error) {
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	archive := tar.NewWriter(zip)
	header := &tar.Header{Name: name + ".trace", Mode: 0o644, Size: int64(len(text))}
	if err := archive.WriteHeader(header); err != nil {
		return 0, err
	}
	if _, err := archive.Write(text); err != nil {
		return 0, err
	}
	if err := archive.Close(); err != nil {
		return 0, err
	}
	if err := zip.Close(); err != nil {
		return 0, err
	}
	return packed.Len(), os.WriteFile(filepath.Join(dir, name+".tar.gz"), packed.Bytes(), 0o644)
}
