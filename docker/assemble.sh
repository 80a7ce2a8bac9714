#!/bin/sh
# Lays out what an image adds to a Flink distribution.
#   assemble.sh BUILD FOLDER
# BUILD is target/framelabel after `mvn package`; FOLDER gets usrlib/ (the job) and lib/ (jars with native libraries).
set -eu
fail() { printf 'assemble.sh: %s\n' "$*" >&2; exit 1; }

[ $# -eq 2 ] || fail "found $# arguments; expected 2: the build's folder and the folder to fill"
build=$1
folder=$2
job=$build/framelabel-job.jar

[ -f "$job" ] || fail "$job is missing; run 'mvn package' first"
[ -d "$build/flink-lib" ] || fail "$build/flink-lib is missing; run 'mvn package' first"
[ ! -e "$folder/lib" ] && [ ! -e "$folder/usrlib" ] || fail "$folder holds a lib or usrlib already; name an empty folder"

# Two jars of one library (a build after a version change without 'mvn clean') would load an arbitrary one of them.
for jar in onnxruntime opencv openblas javacpp jna lz4-java snappy-java zstd-jni; do
  found=$(find "$build/flink-lib" -name "$jar*.jar" ! -name '*-linux-*.jar' ! -name '*-macosx-*.jar' | wc -l)
  [ "$found" -eq 1 ] || fail "found $found jars of $jar in $build/flink-lib; expected 1: run 'mvn clean package'"
done

mkdir -p "$folder/lib" "$folder/usrlib"
cp "$job" "$folder/usrlib/"
cp "$build"/flink-lib/*.jar "$folder/lib/"
chmod 755 "$folder" "$folder/lib" "$folder/usrlib"
chmod 644 "$folder"/lib/*.jar "$folder"/usrlib/*.jar
