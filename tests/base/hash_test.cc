#include "base/hash.h"

#include <gtest/gtest.h>

namespace godwit {
namespace {

TEST(Hash, Sha256OfTheStandardsExample) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, AStreamInPiecesEqualsTheWhole) {
  StreamHash stream;
  stream.Add("one ");
  stream.Add("");
  stream.Add("two");
  EXPECT_EQ(stream.Finish(), Hash64("one two"));
  EXPECT_NE(Hash64("one two"), Hash64("one two", 1));
}

TEST(Hash, HexKeepsLeadingZeros) { EXPECT_EQ(Hex64(0xabc), "0000000000000abc"); }

}  // namespace
}  // namespace godwit
