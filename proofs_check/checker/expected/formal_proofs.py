"""The theorems of Rocq on which claims rest: digests of what Rocq prints of each."""

from __future__ import annotations

from collections.abc import Mapping

from proofs_check.checker.expectation import Certificate, Digest
from proofs_check.checker.kinds.formal_theorems import CLOSED

__all__ = ["kernel"]

_PRINTED: Mapping[str, tuple[str, str]] = {
    "reconstruction_identity": (
        "e7faa9b759e2dc71d7d97da9bf383f443254123867b6d7568405ebad644040f8",
        "6e4316af285646c4fe45d9fdf5b25e37250b2af0d895bfb35856b2a402ee76f1",
    ),
    "reconstruction_fails": (
        "794d21857fea3481fdcb90347e2d2ec41971339b1eb5728f081816c27956a8a1",
        "6d837ea30b4f8368d923001d676fed30dabb814d1b61a4bd7379a522b46918f7",
    ),
    "hadamard_entry": (
        "f1d3a575664b24f6d94d27764553106489172f6ac92ba4828008fb98d7462e27",
        "3bf209a66d68c63507b64253f2c0f662849330e4dda5dfb9f686e8bfc9536686",
    ),
    "two_by_two_law": (
        "dd420ea3f09a0d87d2b27153320096617ddd3dfee8af90c1029128facb914fc4",
        "f4b00416b1698b08f952ba0a362dfa01a7026f20286e7a621d20d7a2925dffda",
    ),
    "two_by_two_fails": (
        "1bb43000cfe89aa6358057f6e046271baa6b3ff34da3d865183dac9359186597",
        "f4b00416b1698b08f952ba0a362dfa01a7026f20286e7a621d20d7a2925dffda",
    ),
    "gradient_D_derivative": (
        "406df1438daadbc41bc00ff12543615f36812dd0df4aef0a3052fdaa0f86a426",
        "e22a2670499fb74fa7953bf7b3d47a57732433f1753380dcd51fff419f88351a",
    ),
    "gradient_E_derivative": (
        "018df3739718ebff76ed65329eb603c9690061419ab011813a5a5c50c361a883",
        "e1e88acb3f381290240191200999b16c464af91d27631d5b08303094e69faf6e",
    ),
    "signal_invertible": (
        "cc3970bf779987b081d0909929242132dac6273da5ad23ba618cc75352669527",
        "3f07003f6f559a4241b6fba24579afe5c3f8c0ff58914a746c644705105d7b99",
    ),
    "descent_identity": (
        "b5f838047aac4146a142276e00ab59582fa8ef4159f8cbb9fd779e705e7f4977",
        "7ae2c749189404619721708e90fc2f7e8cda94ee811136289eab8ba228b352e2",
    ),
    "rotation_identity": (
        "6887b20b5f590163f1c9d12ac44c6f5012efbfc76711dc2fa7c97216ea349e17",
        "fe671673c51a60d4762101864262d4adade7aa032116a361e3d72e4939b26dc8",
    ),
    "local_min_global": (
        "c05997e190c4fbabfe4177cd06e760733bfb8a3c48167c09107ee5b4d418deb4",
        "07b03354af33a54332f4fa9af1f788860f5de236c51dbd37b31096f6664b5a1e",
    ),
    "weights_le": (
        "eb4601a7873ea90ea8d5f10c3d18203fbbf020cc6fe64728441392ef32aaaf6c",
        "6e9b2658f8acf63a01e528fc19bd8d4f29064deb0f7bb85722d39c348af126ce",
    ),
    "weight_bound": (
        "08cd05a46ff8ad78110a69950220802a1a5ac3d93b7adadc0b6e9ffe664939f3",
        "6e9b2658f8acf63a01e528fc19bd8d4f29064deb0f7bb85722d39c348af126ce",
    ),
    "gain_of_siblings": (
        "417e209f012c7c630d9afc8150da78d263ff079363025b38b361354fa5f53e9b",
        "7df155f1211fb7d830d72a8e8d3ba5b5ab00c35cb46ff1bb0c5e9c33b96798ed",
    ),
    "spurious_strict_maximum": (
        "ffbadca0987f232783880ba9b2d3de6331af1af4ed6cf95729c0ea32458666db",
        "7df155f1211fb7d830d72a8e8d3ba5b5ab00c35cb46ff1bb0c5e9c33b96798ed",
    ),
    "spurious_not_global": (
        "2fb607f66f2535f0fd3c0d8135800c67520f3473771144fc6563922930180295",
        "7df155f1211fb7d830d72a8e8d3ba5b5ab00c35cb46ff1bb0c5e9c33b96798ed",
    ),
    "spurious_losses": (
        "1331775b98cf80bfefdd57b9ba9dfe7fc9d3b9842798f6b34e9e224f413ce930",
        "4006b6207f97015f41796fc4635ed793837fcef486a037a705e6629682933bfe",
    ),
    "printed_gradient_E_fails": (
        "ce1a16a45dedca319676928cabfd3c4773da9768d020bd75a4ed6e77ea6c9c03",
        "989bc140817fc385a7a4cf3a6f7555a085a5b68ff4e55bd0a5ad59dbd29784d8",
    ),
    "gradient_E_by_kronecker": (
        "4a2398c1cb227305588bf2e013f873ebce810b31167bec58299151ff3db38258",
        "989bc140817fc385a7a4cf3a6f7555a085a5b68ff4e55bd0a5ad59dbd29784d8",
    ),
    "gradient_D_by_kronecker": (
        "bf172ffe422a077651f1b6bab2ec135d5c4be15a8010b6d70ef9c26ea7391283",
        "d3ee8390453dbf9efa7276466ce356d027d519beedfcbc5b69553d2c1eeb29a1",
    ),
    "encoder_at_critical_point": (
        "d9863b64dc812dc8068a74591c155c3076a58926dae3711baa1686d44944f8ab",
        "683cabb392a86f28cec0644e5bed8ce5296023d10db2d74c45faa98978ee2827",
    ),
    "elimination_exists": (
        "cef6539ff9a93c3d2a6dd95f1eed46f408c7a9f1446c5481f748bd666205bf84",
        "cf6fd9af49673100631351cfaae5d198a112d133c74762157c814b9fb83c4b6a",
    ),
    "projection_is_orthogonal": (
        "3ec3486a84e9c9afa8ed92b7f510a816ee694458ab9752a59ba89f1eb57cd048",
        "0d94695d8ee967f78ea8eae5fb5efb75c1f3d06f1bd0373d3cc17e8462a12196",
    ),
    "encoder_without_inverse": (
        "da84e04d15a0c22062b73b02f7350e1f48d240e164205b0482b5d710325e7990",
        "14dc2330344fc7cda3d52b05b7cfd5f6520d86bcf2b330d0353e28136b564f93",
    ),
    "decoder_normal_equation": (
        "9978a523fcc55447b7f68d447e8d03a6f95213acb80d79b33221fb5d32dc0aa3",
        "6f096b2ec34a3b087b9beaab4cda17ad2c26a3dff58e36913d015b88a815560a",
    ),
    "projection_commutes": (
        "de731ec8ddcf6a02a3de68a8aff021f7af6d3a729c689082e0873d263f71dab5",
        "e6e9a4dfedd991fcea1d3d3ba4a4ee26586f96961d710fada193a86c75e60f28",
    ),
    "sketch_succeeds_rarely": (
        "417d997acd05bf96763425229e64451477f05f074359d412468163be88a09fae",
        "a227347ce4ff9dd2c0725ff15329c3bb6f065c9c4ec0167a2a2c82d3ab13d96d",
    ),
    "structural_lemma": (
        "815326566d8f8d151c80c4a8142acb4e1f323bc47acabf46e1834a17738fe1b2",
        "6e4316af285646c4fe45d9fdf5b25e37250b2af0d895bfb35856b2a402ee76f1",
    ),
    "first_columns_bound": (
        "5429b7aea149665b1f3a13df04512f68149eb0a5d7185e349600f4f78c63764e",
        "a33d62764c8fcd77f18620324dea5439bf963a68d5cba330a77b6cdb5b7b187a",
    ),
    "opposite_order_fails": (
        "e54b43cc239f401bdbdd8dfc5be5bc0d4945200b23f514e30ea8d3ede31e1c34",
        "a33d62764c8fcd77f18620324dea5439bf963a68d5cba330a77b6cdb5b7b187a",
    ),
    "projector_exists": (
        "ba87cf5171549571f0c64d44e58974524305bfbcdf2b376f11581e34b5d71eb9",
        "b7ef4f3cb782a6dce5a56f30bb4f37dcd2f2b67d67c4489808f853e573467911",
    ),
    "projector_unique": (
        "36549758461ffa56466ac8423189339c4e2bb9862a6831549304f717af59065d",
        "b7ef4f3cb782a6dce5a56f30bb4f37dcd2f2b67d67c4489808f853e573467911",
    ),
    "pseudo_inverse_solves": (
        "891167f1ce6387434738434cbcecee9fd14d2023cc7779e3e55ce43bebdbac60",
        "17bdbc8dffe7489951c6c93c9796a35a86ff6541876f7c639ddb7d847b562c16",
    ),
    "critical_commutes": (
        "f68f1d326f8146249410ed062e6ef68be09721e1d14a3189343d97574d4c96f9",
        "4230d95f6d22ce724bb5c0078c80e4371ccf8f9a219172cfb88dba7c12529648",
    ),
    "critical_product": (
        "c9bdf9a910282e931efe8ed87aedffd351087fdd533c60af253f65a8d9fdcb71",
        "00011176a055b55f2f6188639057182e08c27875e403d300b71873c2666416a3",
    ),
    "critical_loss": (
        "f56b78111b79c6e20b11d804dced5119beaa9bf8b4ae118d485fdf22cd484cb1",
        "7b31070c1387201daad91069d1b6a292147c9f2127a3b1952d8733457aaecfb3",
    ),
    "loss_along_line": (
        "07d5bee3baf5e87e61962675fa78f660224b695f09fc8f762ed2b1705b4f94c9",
        "8021c7e4a784e1ef4e06bf5e1a5abbcf3f4a1d3756cb602a37029e27d01968ad",
    ),
    "min_or_strict_saddle": (
        "46aea69730a2bcacc7f3b0e4f0c1d8d44c5ba1988c8c47d03f3d9cb03a13c01e",
        "5bf6665fb850613d9cb1a3e89660bdfb580f82b4355acaf4f5fac5682a2dc879",
    ),
    "every_index_set": (
        "c67443ffd43c434da0b795cb191a4933cab9408e0d30f1e08d68ac81b80c7e75",
        "28dd69a0804677cb660f2a7b0fa3a3f5e8bd878bbe98be414bf3a983309ab907",
    ),
    "least_loss": (
        "0f5b5fb1f797662c5e6fb2960c8ae92a2c08008f28bdc541434d0d8d3cbba0ca",
        "a4f60c01392cd3ddc76c2d3cd3252f76f16038ce10305ceeeaabd0a77b9e2af3",
    ),
    "weights_fewest": (
        "cb2274509bae8c73e4bc9c4156defa8b0e970e2bff2a257941a188828a9e3f90",
        "40f257f99959823e34884b1eaaaecca22f78db0a46103d5f2c858442eb6c5e45",
    ),
    "weights_attained": (
        "35df63ee0303f24c64d31190d39be233063d1fdbb80a168cec837e9b1268bf75",
        "394433409ce39a97fa393e13797ff7fc7d3a0feeca0af9813586da2d3db765fd",
    ),
    "most_weights_sharp": (
        "ab4de3c44f86306386b2f028f4b9789c969753e92240d7e0fb949d75ae5291f7",
        "54a59b7e5840550d4e11b56201ee08b2034fff2b44a0b5d300d9293444f8b8a3",
    ),
    "weight_bound_not_reached": (
        "7711d33f293e17fd1d660b2585f12cf5d91002c27623ad969dd54bee9f9fb69b",
        "6e9b2658f8acf63a01e528fc19bd8d4f29064deb0f7bb85722d39c348af126ce",
    ),
    "replaced_layer_weights": (
        "e90f92bd4e887d8b171f8a4c888940bad0aef7f571f5a4700fa196be1bb70cb1",
        "6e9b2658f8acf63a01e528fc19bd8d4f29064deb0f7bb85722d39c348af126ce",
    ),
    "encoder_weights": (
        "55aed2f69f95dce2c59509a4dcea80141986fe4807ad6829839474984de449ea",
        "6e9b2658f8acf63a01e528fc19bd8d4f29064deb0f7bb85722d39c348af126ce",
    ),
    "eigenbasis_exists": (
        "e0e8204e6f7e0374f2d4e7453bf5ecf143be62dd32b603da80a78b386c17f7a7",
        "f6877d3d974b85908f9751ee2f2962868053c3f84fc5fb5f303a20afeadc56cb",
    ),
    "critical_value": (
        "931c08cdf56e5895bd244ad1016ca5c3445a5228f46a354c7bc62f732d72975f",
        "66914870fe146571caf752a61cb79869938b8f69648b5f11fdec6b5964ad11eb",
    ),
    "local_min_value": (
        "7bb3b8797d29b5db9996f0c49067a493b1f6c1b799a6f238c4b370fec3af6d99",
        "b0273f8232c2f3c689af9f02151d1517b6409dc39d1dd7d501ceac0fc6a9d49d",
    ),
    "mean_entry_squared": (
        "45ea49c37e4d05b5a98a272e78e2347c3a65199b3bc4aff9c96abb07fe26511f",
        "1c76dc4b93d8dccd0b20f4a019be51282deb0139c68a54fb0114d843d35b363e",
    ),
    "one_sided_law": (
        "9ebb375800d353581d04207cd02259bbaa2e052537a9f0b601556d6c673bdc83",
        "b7f057efb395b80b5340996b53aadee80156628b522a580582b95de2e9316350",
    ),
    "two_sided_law": (
        "6163db8ee669914761962b6f7cc0b8b7f1b4f7886c09e95cdab6e1255b6594f6",
        "849b11d609440682db06c03d7066010da2a24b269d2f6fe847e0d97dcd86cad7",
    ),
    "bilinear_law": (
        "4b30688a39fd2f55919aed31ada15350feda474d8534be0f7e3e5a8c1fad00a2",
        "5e01011c3bfb2eec22a9e5b8592169d99c4d508161a433f7166321aae6b0b195",
    ),
    "output_side_fails": (
        "9eb1af10e7ec5f6b171aa9fef0311059b86f9a15226c2c6141772ae83bc3d755",
        "5b4a81c52988045609018feb28c7b068e35e0d153ec5f357fa2ab43b0ab2b0de",
    ),
    "mean_length": (
        "4628b53bcf91d5b2911151acef390ef1009259ca67040fbae50879c6a4692c6e",
        "af072c36cd09ad403251eef2447ede12d00d2f08ede10c751241de33c6689a24",
    ),
    "variance_length": (
        "3ac6d42b77654c2b498ed366cff2146e0e1583ac870a0ebdde10968cc6bc2541",
        "e60c98b81e410f67463b3e6755fa636e486f868940e03ac6321abb02050959ac",
    ),
    "coset_adversary": (
        "2cc4c9501e4ad13b2b37c55289e23661faa9e2d4bc756e57ff8637071eb7c8b1",
        "d1951756c3c50b7ec8052f6066bc5a66f6d50d937c50de2ace1ef3a1afa2f41b",
    ),
    "subgroup_rate": (
        "b5817e0490b555359a9d9bfa4266b5e2a0c3fbfcf05f548a46a5856c6ec278d1",
        "d1951756c3c50b7ec8052f6066bc5a66f6d50d937c50de2ace1ef3a1afa2f41b",
    ),
    "tail_fails": (
        "37d01d1e8390eec0491746ba680745bb5b1b635571075707094bd53c3608ac63",
        "da8be02491f372f0337dea56f269783908cfb7aae8235ae52c281d6b07e41471",
    ),
    "rank_barrier": (
        "e9bf76ac863991044cf6f675dba88d7b5c6886fd374524194fa8c461fa3761f0",
        "235b04f26de31e00a3f56e1a5a2031cc1a7ed616a357fc71c117450fe7c9949a",
    ),
    "isotropic_mean": (
        "da164818d0f505bca7d1b10a28463cc66dc7bac9bd4dd23b2f7e162e759d5591",
        "42be858e257270c8cce77a44f2e476a3248b7d3bf6b097ed419bd8d2cbcb7d84",
    ),
    "identity_barrier": (
        "22d9b03f7c0c9f519926c5aac74c2828861b3e560ee1c594fff2881778b1dae0",
        "42be858e257270c8cce77a44f2e476a3248b7d3bf6b097ed419bd8d2cbcb7d84",
    ),
    "barrier_for_every_law": (
        "2df477037d102ffa2723fa9dbb50318d7784b01a7abea6ccb523332d431b4182",
        "235b04f26de31e00a3f56e1a5a2031cc1a7ed616a357fc71c117450fe7c9949a",
    ),
    "best_multiple": (
        "dbe847b3c3d8542d0cc05746e0506ad249b4c5fdf7c54bc3d16c755403a798ef",
        "849b11d609440682db06c03d7066010da2a24b269d2f6fe847e0d97dcd86cad7",
    ),
    "best_multiple_of_identity": (
        "34ef70021adc3755ef6a115b6b29a1dc0f5e64c0e8442aa10e6467cd6487a261",
        "5a211e7401e6aa099e1ad761a22ac2b7bca52b937e2cb477e83b36a80bf37925",
    ),
    "best_multiple_of_draw": (
        "2063334837baf2da091037f2628f21860f6f982d1213b62134e95fa5dcea06b4",
        "240532dde758a4a76434ccf80e9c9516529b0ce540347d7e08f1f177957ef6d4",
    ),
    "one_sided_bound": (
        "c6788850f7c4efe089a101e9650c141053f42c671ab0a56c2c4fd241fc881938",
        "fe33dc7c078758c1290167f81b5a2c35f4cec054d17db558b27a439bc8e8f6d3",
    ),
    "bilinear_bound": (
        "ee9279af1ed0656b07329e9bb9bc2c86d7e585f031e853126ce842b3b3e70c0f",
        "dd45dd584f878bf09fafdda3e8ca1486a444e28df9238c0e815f093c2714a2e9",
    ),
    "rows_needed": (
        "db90bda721a81fd5e429eceb37eb7282535b98e275d8c15cb733388f3b99dcf0",
        "ebed612b28df1eb9c132d0186583e492ee28ed63f669282ed7d4035f32440b7a",
    ),
    "spurious_below": (
        "805072497b29f0c32b23aa55c02676b89126776ddc8a9d517a15da0b2132314c",
        "9a6e96a6f44b1beac009a6e0309eafcddde5e620dec60465354f1aec40959e87",
    ),
    "spurious_in_all_weights": (
        "b0e364de0419e5d9b6f39325fb4bc670af391bbd01b718011fce07e216f54a05",
        "84ad5f51dacdc04f9c62996b999696bece2a44e196a46b5f64be4fd363e39e40",
    ),
    "spurious_strict": (
        "d90fca4fe0c319e594f1835d0ba35b4305beffecd25600041ed67bf311e51137",
        "2305e582b5f1ee779dbb94d0e6a640a0ddafa4c49bd4d23fcc1b82997408bec8",
    ),
    "joint_least_loss": (
        "b475779bc111761376e6cd3b2576d970570bb56a80b010fbcd7e22a1b0c5d823",
        "9a6e96a6f44b1beac009a6e0309eafcddde5e620dec60465354f1aec40959e87",
    ),
    "free_minimum_global": (
        "c45b0bfc6ac318395fe693cba4f04cd48da8c0215a9cb2facd5d9ffb4069707c",
        "4bdf679ef003ddc34f3be7aaa5e2eb252407c25d7bb4c3c8bf8f13d07ca288db",
    ),
    "free_minimum_value": (
        "8395a751111ec9ef1e457403fa9f065db53ce0ce9638e725bdfe7dfb7fd5b704",
        "b97435644abf42393b285b63292ab84941b2ccb7f8fb093d7c6f11065ad44447",
    ),
    "every_order_to_16": (
        "ea89a86d06da8272e301b05b771ecae6b54d3928658123232ed451ac626df921",
        "a33d62764c8fcd77f18620324dea5439bf963a68d5cba330a77b6cdb5b7b187a",
    ),
    "critical_index_set": (
        "ab41623370d7802c396654b07b0462640fa07038b23560699d7db06a102526e4",
        "28dd69a0804677cb660f2a7b0fa3a3f5e8bd878bbe98be414bf3a983309ab907",
    ),
    "minimal_index_set": (
        "6aef93d3e877d2a04c644b1d2fd8af9baa0bc4c21120b4285f1a6587aef79e6a",
        "909f3f128cbf0d4558f7ae3f683c5c02bafad7b91a0417b788585c6dd8551fed",
    ),
    "planted_second_order": (
        "b37ec941db0b914b09a8260859c6eccf17efb6b8a33cde0dc7956c41e676fa08",
        "430292e48f3b992660adb5f68cb9dc33375b36ef49e6fd3e86e077507076d4b7",
    ),
    "missing_motion_concave": (
        "ffc9bb535bfa379a8284bb05082144445e779ca51f511b160fe085e821fb3a28",
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    ),
    "better_plane": (
        "5975e4d31d9f3fbc7327a4c55c31e36aea5bdff71bfc0e783438a0e46a0fe38d",
        "430292e48f3b992660adb5f68cb9dc33375b36ef49e6fd3e86e077507076d4b7",
    ),
    "bent_weights_spurious": (
        "b18cec247dc24035545a621d073dbd6487bd639201ce7e9a877e88696d0d946c",
        "88165b1e91aa8986744c035e2763afa56a683d304d0a29eb4d754ca4801a0b04",
    ),
}
"""The SHA-256 of the statement of each theorem, and of the definitions that it rests on."""


def kernel(bearing: str, *names: str) -> Certificate:
    """The certificate of theorems whose proofs the kernel of Rocq has checked, without axioms."""
    theorems = [
        {
            "name": name,
            "statement": Digest(_PRINTED[name][0]),
            "definitions": Digest(_PRINTED[name][1]),
            "assumptions": CLOSED,
        }
        for name in names
    ]
    return Certificate("formal-theorems", bearing, "formal", {"theorems": theorems})
